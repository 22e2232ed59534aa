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
const CONSTRAINTS: MediaTrackConstraints = {
  channelCount: 1,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/**
 * Asks for a microphone; the first time call it inside a click.
 *
 * @param device which one; null leaves it to the system. One that is gone is as good as null.
 * @throws MicrophoneError that says which of the six cases it is.
 */
export async function openMicrophone(device: string | null): Promise<MediaStream> {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices === undefined) throw new MicrophoneError("insecure");
  try {
    const wished = device === null ? {} : { deviceId: { ideal: device } };
    return await devices.getUserMedia({ audio: { ...CONSTRAINTS, ...wished } });
  } catch (error) {
    throw new MicrophoneError(await failureOf(error), error);
  }
}

/** All of the system's devices; none where the browser does not tell. */
export async function mediaDevices(): Promise<MediaDeviceInfo[]> {
  const devices = (navigator as { mediaDevices?: Partial<MediaDevices> }).mediaDevices;
  return (await devices?.enumerateDevices?.()) ?? [];
}

/** Calls back whenever a device comes or goes; returns what ends that. */
export function onDeviceChange(changed: () => void): () => void {
  const devices = (navigator as { mediaDevices?: Partial<MediaDevices> }).mediaDevices;
  devices?.addEventListener?.("devicechange", changed);
  return () => devices?.removeEventListener?.("devicechange", changed);
}

/** Calls back when the guest changes the permission in the browser's own settings, until the signal aborts. */
export async function onMicrophonePermission(
  changed: (state: PermissionState) => void,
  signal: AbortSignal,
): Promise<void> {
  const status = await permission();
  const told = (): void => {
    if (status !== null) changed(status.state);
  };
  status?.addEventListener("change", told, { signal });
}

/** What is known of a microphone that was not allowed. */
export interface Circumstances {
  /** Whether the page's policy forbids it; null where the browser does not tell: only Chromium does. */
  forbidden: boolean | null;
  /** The page is shown inside another. */
  framed: boolean;
  /** Null where the browser does not tell. */
  permission: PermissionState | null;
}

/**
 * Who has not allowed the microphone.
 *
 * A policy that forbids it and a guest who has blocked it look alike in a frame of a browser that tells of no policy:
 * there the settings beside the address may not help, and a tab of its own helps in both cases.
 */
export function refusedBy({ forbidden, framed, permission }: Circumstances): MicrophoneFailure {
  if (forbidden === true) return "policy";
  if (permission === "prompt") return "dismissed";
  return forbidden === null && framed ? "policy" : "denied";
}

async function failureOf(error: unknown): Promise<MicrophoneFailure> {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    case "NotAllowedError": {
      const status = await permission();
      return refusedBy({ forbidden: policyForbids(), framed: self !== top, permission: status?.state ?? null });
    }
    case "SecurityError":
      return "insecure";
    default:
      // NotReadableError, AbortError: another program has it, or the system would not start it.
      return "busy";
  }
}

function policyForbids(): boolean | null {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy === undefined ? null : !featurePolicy.allowsFeature("microphone");
}

async function permission(): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: "microphone" });
  } catch {
    // Browsers without this query also tell no changes; the guest presses the button again instead.
    return null;
  }
}
