/** Within this of the end, new words keep the end in view, px; further up the guest is reading. */
const NEAR_END_PX = 120;

/**
 * Changes the conversation and keeps its end in view, unless the guest is reading further up.
 *
 * @param root holds the conversation.
 * @param change renders.
 */
export function keepingEndInView(root: HTMLElement, change: () => void): void {
  const before = root.querySelector("#scroll");
  const near = before === null || before.scrollHeight - before.scrollTop - before.clientHeight < NEAR_END_PX;
  const height = before?.scrollHeight;
  change();
  const after = root.querySelector("#scroll");
  if (after !== null && near && after.scrollHeight !== height) after.scrollTop = after.scrollHeight;
}
