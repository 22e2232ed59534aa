/** A session token from the host's own server, which asks ours for it with its key. */
export async function tokenFrom(address: string): Promise<string> {
  const answer = await fetch(address, { method: "POST" });
  const { token } = (await answer.json()) as { token?: unknown };
  if (typeof token !== "string") throw new Error(`${address} answered ${answer.status} without a token`);
  return token;
}
