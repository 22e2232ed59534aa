/** The guest's choice of microphones, and which one to use when devices come and go. Pure. */

/** A microphone that can be chosen. */
export interface MicrophoneChoice {
  /** The browser's name for it; stable for this origin. */
  id: string;
  /** For people; empty until the microphone has been allowed once. */
  label: string;
  inUse: boolean;
}

/** What is known of the microphone that is open. */
export interface OpenMicrophone {
  deviceId: string | null;
  groupId: string | null;
}

type Device = Pick<MediaDeviceInfo, "deviceId" | "groupId" | "kind" | "label">;

/** Chromium's second names for devices that are in the list under their own too. */
const DEFAULT = "default";
const ALIASES: ReadonlySet<string> = new Set([DEFAULT, "communications", ""]);

/** The microphones among the devices, each once; the one in use is marked. */
export function microphonesOf(devices: readonly Device[], open: OpenMicrophone | null): MicrophoneChoice[] {
  const current = actualId(devices, open);
  return inputs(devices)
    .filter(({ deviceId }) => !ALIASES.has(deviceId))
    .map(({ deviceId, label }) => ({ id: deviceId, label, inUse: deviceId === current }));
}

/**
 * Which microphone to change to after devices have come or gone; null to stay.
 *
 * The chosen one whenever it is there; while it is not, or none was chosen, the system's default.
 *
 * @param chosen by the guest; null leaves it to the system.
 * @returns `device` null is the system's default.
 */
export function microphoneAfterChange(
  devices: readonly Device[],
  chosen: string | null,
  open: OpenMicrophone,
): { device: string | null } | null {
  const current = actualId(devices, open);
  const there = inputs(devices);
  if (chosen !== null && there.some(({ deviceId }) => deviceId === chosen)) {
    return current === chosen ? null : { device: chosen };
  }
  if (!there.some(({ deviceId }) => deviceId === current)) return { device: null };
  const usual = there.find(({ deviceId }) => deviceId === DEFAULT);
  if (usual === undefined || open.groupId === null) return null;
  return usual.groupId === open.groupId ? null : { device: null };
}

/** The open microphone's own name, where the browser gave it under an alias. */
function actualId(devices: readonly Device[], open: OpenMicrophone | null): string | null {
  if (open === null) return null;
  if (open.deviceId !== null && !ALIASES.has(open.deviceId)) return open.deviceId;
  const same = inputs(devices).find(
    ({ deviceId, groupId }) => !ALIASES.has(deviceId) && groupId !== "" && groupId === open.groupId,
  );
  return same?.deviceId ?? open.deviceId;
}

function inputs(devices: readonly Device[]): Device[] {
  return devices.filter(({ kind }) => kind === "audioinput");
}
