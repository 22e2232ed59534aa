/** Why there is no microphone; each has its own text and its own next step. */
export type MicrophoneFailure = "denied" | "dismissed" | "none" | "busy" | "insecure" | "policy";

export class MicrophoneError extends Error {
  readonly failure: MicrophoneFailure;

  constructor(failure: MicrophoneFailure, cause?: unknown) {
    super(`No microphone: ${failure}.`, { cause });
    this.name = "MicrophoneError";
    this.failure = failure;
  }
}

/** No sample rate is asked for: the device's own keeps the echo canceller on. */
const CONSTRAINTS: MediaStreamConstraints = {
  audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

/**
 * Asks for the microphone; call it inside a click.
 *
 * @throws MicrophoneError that says which of the six cases it is.
 */
export async function openMicrophone(): Promise<MediaStream> {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices === undefined) throw new MicrophoneError("insecure");
  try {
    return await devices.getUserMedia(CONSTRAINTS);
  } catch (error) {
    throw new MicrophoneError(await failureOf(error), error);
  }
}

/** Calls back when the guest changes the permission in the browser's own settings. */
export async function onMicrophonePermission(changed: (state: PermissionState) => void): Promise<void> {
  const status = await permission();
  if (status !== null) {
    status.onchange = () => {
      changed(status.state);
    };
  }
}

async function failureOf(error: unknown): Promise<MicrophoneFailure> {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotAllowedError":
      if (policyForbids()) return "policy";
      return (await permission())?.state === "prompt" ? "dismissed" : "denied";
    case "SecurityError":
      return "insecure";
    default:
      // NotReadableError, AbortError: another program has it, or the system would not start it.
      return "busy";
  }
}

function policyForbids(): boolean {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature("microphone") === false;
}

async function permission(): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: "microphone" });
  } catch {
    // Browsers without this query also tell no changes; the guest presses the button again instead.
    return null;
  }
}
