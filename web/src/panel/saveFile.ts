const TYPES = { txt: "text/plain;charset=utf-8", json: "application/json" } as const;

/** Gives the guest a file. */
export function saveFile(name: string, content: string, kind: keyof typeof TYPES): void {
  const address = URL.createObjectURL(new Blob([content], { type: TYPES[kind] }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
