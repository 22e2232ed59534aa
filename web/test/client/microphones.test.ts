import { describe, expect, it } from "vitest";
import { microphoneAfterChange, microphonesOf } from "../../src/client/microphones.ts";

const device = (deviceId: string, groupId: string, kind: MediaDeviceKind = "audioinput") => ({
  deviceId,
  groupId,
  kind,
  label: `${deviceId}!`,
});
const LAPTOP = device("laptop", "g1");
const HEADSET = device("headset", "g2");
const usual = (groupId: string) => device("default", groupId);
const open = (deviceId: string, groupId: string) => ({ deviceId, groupId });

describe("microphonesOf", () => {
  it("lists each microphone once and marks the one in use, also where it was opened as the default", () => {
    const devices = [usual("g2"), LAPTOP, HEADSET, device("loud", "g1", "audiooutput")];
    expect(microphonesOf(devices, open("default", "g2"))).toEqual([
      { id: "laptop", label: "laptop!", inUse: false },
      { id: "headset", label: "headset!", inUse: true },
    ]);
    expect(microphonesOf(devices, null).some(({ inUse }) => inUse)).toBe(false);
  });
});

describe("microphoneAfterChange", () => {
  it("stays when nothing of it concerns the microphone in use", () => {
    expect(microphoneAfterChange([usual("g1"), LAPTOP, HEADSET], null, open("laptop", "g1"))).toBeNull();
    expect(microphoneAfterChange([LAPTOP, HEADSET], "laptop", open("laptop", "g1"))).toBeNull();
  });

  it("falls back to the default when the chosen one is gone, and returns to it when it is back", () => {
    expect(microphoneAfterChange([usual("g1"), LAPTOP], "headset", open("headset", "g2"))).toEqual({ device: null });
    expect(microphoneAfterChange([usual("g1"), LAPTOP], "headset", open("laptop", "g1"))).toBeNull();
    const back = [usual("g1"), LAPTOP, HEADSET];
    expect(microphoneAfterChange(back, "headset", open("laptop", "g1"))).toEqual({ device: "headset" });
  });

  it("follows the system's default when nothing was chosen", () => {
    const devices = [usual("g2"), LAPTOP, HEADSET];
    expect(microphoneAfterChange(devices, null, open("laptop", "g1"))).toEqual({ device: null });
    expect(microphoneAfterChange(devices, "laptop", open("laptop", "g1"))).toBeNull();
  });
});
