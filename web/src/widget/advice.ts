/** What the people who build the host's page are told, in its console. Guests never see it. */

function tell(text: string): void {
  console.warn(`<sandra-voice>: ${text}`);
}

/** The panel's page did not come. */
export function panelDidNotCome(server: URL): void {
  tell(`no panel from ${server.origin}; does its ALLOWED_ORIGINS list ${location.origin}?`);
}

/** The page's own policy keeps the panel out. */
export function frameForbidden(server: URL): void {
  tell(`the page's Content-Security-Policy needs frame-src ${server.origin}`);
}

/** Guests can write only. */
export function microphoneForbidden(server: URL): void {
  tell(`guests can only write: the page's Permissions-Policy needs microphone=("${server.origin}")`);
}

/** Browsers give no microphone to pages without https. */
export function insecurePage(): void {
  tell("guests can only write: the page needs https");
}

/** The page's source of tokens failed. */
export function noToken(why: unknown): void {
  tell(`no session token: ${String(why)}`);
}
