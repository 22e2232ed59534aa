import { useEffect } from "react";

/** Loads the element's script once for the page. */
function useLoader(src) {
  useEffect(() => {
    if (document.querySelector(`script[src="${src}"]`) !== null) return;
    const script = document.createElement("script");
    script.src = src;
    script.async = true;
    document.head.append(script);
  }, [src]);
}

/**
 * `<sandra-voice>` as a component: its attributes as they are written in HTML, its events as functions.
 *
 * React 19 or newer. `ref` gives the element: `ref.current.open`, `ref.current.client`.
 */
export function SandraVoice({ server, ref, onOpen, onClose, onState, ...attributes }) {
  useLoader(`${server}/widget.js`);
  return (
    <sandra-voice
      ref={ref}
      server={server}
      onsandra-open={onOpen}
      onsandra-close={onClose}
      onsandra-state={(event) => onState?.(event.detail)}
      {...attributes}
    />
  );
}
