import type { MicrophoneFailure } from "../microphone.ts";
import type { Phase } from "../state.ts";
import type { Language } from "../language.ts";

/** What happened, and what the guest can do. */
export interface Advice {
  title: string;
  todo: string;
}

export interface Texts {
  title: string;
  skip: string;
  business: string;
  demo: string;
  languageLabel: string;
  disclosure: string;
  talk: string;
  stop: string;
  level: string;
  enableSound: string;
  conversation: string;
  clear: string;
  lead: string;
  tryAsking: string;
  examples: readonly string[];
  inputLabel: string;
  inputHint: string;
  send: string;
  guest: string;
  sending: string;
  cut: string;
  retry: string;
  close: string;
  readyToTalk: string;
  phases: Record<Phase, { state: string; hint: string }>;
  microphone: Record<MicrophoneFailure, Advice>;
  ended: Record<"idle" | "session_over" | "budget_spent" | "replaced" | "refused" | "unreachable", Advice>;
  full: (seconds: number) => Advice;
  newSession: Advice;
  soundBlocked: Advice;
  audioFailed: Advice;
  clearFailed: Advice;
  server: Record<string, Advice>;
  serverOther: (message: string) => Advice;
}

const ES: Texts = {
  title: "Sandra · Casas del Turia",
  skip: "Ir al texto",
  business: "en Casas del Turia",
  demo: "Negocio inventado para esta demostración",
  languageLabel: "Idioma",
  disclosure: "Sandra es una asistente de inteligencia artificial, no una persona.",
  talk: "Hablar",
  stop: "Detener",
  level: "Micrófono",
  enableSound: "Activar sonido",
  conversation: "Conversación",
  clear: "Borrar",
  lead: "Hola, soy Sandra. Pregúntame por los apartamentos, los precios o cómo llegar.",
  tryAsking: "Por ejemplo:",
  examples: [
    "¿Cuánto cuesta el Ático Ruzafa?",
    "¿Admiten mascotas?",
    "¿A qué hora puedo entrar?",
    "¿Cómo llego desde el aeropuerto?",
  ],
  inputLabel: "Escribe a Sandra",
  inputHint: "O escribe aquí…",
  send: "Enviar",
  guest: "Tú",
  sending: "Enviando…",
  cut: "interrumpida",
  retry: "Reintentar",
  close: "Cerrar el aviso",
  readyToTalk: "Sigue por escrito, o pulsa Hablar.",
  phases: {
    idle: { state: "Lista", hint: "Pulsa Hablar y pregunta con tu voz. Pediremos permiso para usar el micrófono." },
    connecting: { state: "Conectando", hint: "Un momento. Si el navegador pregunta, permite el micrófono." },
    listening: { state: "Te escucho", hint: "Habla con naturalidad; contesto cuando termines." },
    thinking: { state: "Pensando", hint: "Busco la respuesta." },
    speaking: { state: "Hablando", hint: "Interrúmpeme cuando quieras: habla, o pulsa Esc." },
    reconnecting: { state: "Reconectando", hint: "Se ha cortado la conexión; vuelvo a intentarlo." },
    offline: { state: "Sin conexión", hint: "Ahora no puedo atenderte." },
  },
  microphone: {
    denied: {
      title: "El micrófono está bloqueado.",
      todo: "Ábrelo en el icono junto a la dirección de la página y pulsa Hablar. Mientras, puedes escribir.",
    },
    dismissed: {
      title: "Falta tu permiso para el micrófono.",
      todo: "Pulsa Hablar otra vez y elige «Permitir». También puedes escribir.",
    },
    none: {
      title: "No encuentro ningún micrófono.",
      todo: "Conecta uno, o elígelo en los ajustes de sonido, y pulsa Hablar. También puedes escribir.",
    },
    busy: {
      title: "El micrófono no responde.",
      todo: "Quizá lo usa otro programa: ciérralo y pulsa Hablar. También puedes escribir.",
    },
    insecure: {
      title: "Esta dirección no es segura, y así no hay micrófono.",
      todo: "Abre la página con https:// o en localhost. Aquí puedes escribir.",
    },
    policy: {
      title: "La web que muestra esta página no permite el micrófono.",
      todo: "Abre Sandra en su propia pestaña, o escribe aquí.",
    },
  },
  ended: {
    idle: { title: "La conversación se cerró por inactividad.", todo: "Pulsa Hablar o escribe para empezar otra." },
    session_over: {
      title: "Se acabó el tiempo de la conversación.",
      todo: "Pulsa Hablar o escribe para empezar otra.",
    },
    budget_spent: { title: "Esta conversación ha llegado a su límite.", todo: "Llama a la oficina, de 9:00 a 20:00." },
    replaced: {
      title: "La conversación sigue en otro sitio.",
      todo: "Continúa allí, o pulsa Hablar para empezar otra.",
    },
    refused: { title: "El servidor no admite esta página.", todo: "Ábrela desde la web de Casas del Turia." },
    unreachable: { title: "No hay conexión con Sandra.", todo: "Revisa tu red y vuelve a intentarlo." },
  },
  full: (seconds) => ({
    title: "Ahora mismo Sandra atiende a demasiada gente.",
    todo: `Vuelve a intentarlo dentro de ${seconds} segundos.`,
  }),
  newSession: {
    title: "Esta es una conversación nueva.",
    todo: "La anterior se cortó: Sandra ya no la recuerda. Repite lo que haga falta.",
  },
  soundBlocked: { title: "El navegador ha silenciado la página.", todo: "Pulsa «Activar sonido» para oír a Sandra." },
  audioFailed: { title: "El sonido no ha podido arrancar.", todo: "Recarga la página. Mientras, puedes escribir." },
  clearFailed: { title: "No se ha podido borrar.", todo: "Inténtalo otra vez cuando haya conexión." },
  server: {
    not_understood: { title: "No he entendido lo que has dicho.", todo: "Repítelo, más cerca del micrófono." },
    overloaded: { title: "Hay mucha gente a la vez.", todo: "Espera un momento y repítelo." },
    engine_failed: { title: "Algo ha fallado con esa respuesta.", todo: "Repite la pregunta; la conversación sigue." },
    rate_limited: { title: "Demasiados mensajes seguidos.", todo: "Espera unos segundos." },
    text_too_long: { title: "El texto es demasiado largo.", todo: "Envíalo en partes." },
    audio_too_long: { title: "Has hablado mucho rato seguido.", todo: "Contesto a lo que he oído hasta ahí." },
    internal: { title: "Ha fallado el servidor.", todo: "Inténtalo otra vez." },
  },
  serverOther: (message) => ({ title: "El servidor avisa:", todo: message }),
};

const EN: Texts = {
  title: "Sandra · Casas del Turia",
  skip: "Skip to typing",
  business: "at Casas del Turia",
  demo: "A business invented for this demonstration",
  languageLabel: "Language",
  disclosure: "Sandra is an AI assistant, not a person.",
  talk: "Talk",
  stop: "Stop",
  level: "Microphone",
  enableSound: "Turn sound on",
  conversation: "Conversation",
  clear: "Clear",
  lead: "Hello, I am Sandra. Ask me about the apartments, prices or how to get here.",
  tryAsking: "For example:",
  examples: [
    "How much is the Ático Ruzafa?",
    "Are pets allowed?",
    "What time is check-in?",
    "How do I get there from the airport?",
  ],
  inputLabel: "Write to Sandra",
  inputHint: "Or type here…",
  send: "Send",
  guest: "You",
  sending: "Sending…",
  cut: "interrupted",
  retry: "Try again",
  close: "Close this notice",
  readyToTalk: "Go on in writing, or press Talk.",
  phases: {
    idle: { state: "Ready", hint: "Press Talk and ask aloud. We will ask to use your microphone." },
    connecting: { state: "Connecting", hint: "One moment. If the browser asks, allow the microphone." },
    listening: { state: "Listening", hint: "Speak naturally; I answer when you finish." },
    thinking: { state: "Thinking", hint: "Looking for the answer." },
    speaking: { state: "Speaking", hint: "Interrupt me whenever you like: speak, or press Esc." },
    reconnecting: { state: "Reconnecting", hint: "The connection was lost; trying again." },
    offline: { state: "Offline", hint: "I cannot help you right now." },
  },
  microphone: {
    denied: {
      title: "The microphone is blocked.",
      todo: "Allow it with the icon beside the page's address, then press Talk. Meanwhile you can type.",
    },
    dismissed: {
      title: "The microphone needs your permission.",
      todo: "Press Talk again and choose “Allow”. You can also type.",
    },
    none: {
      title: "There is no microphone.",
      todo: "Connect one, or choose it in the sound settings, and press Talk. You can also type.",
    },
    busy: {
      title: "The microphone does not answer.",
      todo: "Another program may be using it: close it and press Talk. You can also type.",
    },
    insecure: {
      title: "This address is not secure, so there is no microphone.",
      todo: "Open the page with https:// or on localhost. Here you can type.",
    },
    policy: {
      title: "The site that shows this page does not allow the microphone.",
      todo: "Open Sandra in a tab of her own, or type here.",
    },
  },
  ended: {
    idle: { title: "The conversation was closed after a long silence.", todo: "Press Talk or type to start another." },
    session_over: { title: "The conversation's time is over.", todo: "Press Talk or type to start another." },
    budget_spent: { title: "This conversation has reached its limit.", todo: "Call the office, 9:00 to 20:00." },
    replaced: { title: "The conversation goes on elsewhere.", todo: "Continue there, or press Talk to start another." },
    refused: { title: "The server does not accept this page.", todo: "Open it from the site of Casas del Turia." },
    unreachable: { title: "Sandra cannot be reached.", todo: "Check your network and try again." },
  },
  full: (seconds) => ({
    title: "Sandra is talking with too many guests right now.",
    todo: `Try again in ${seconds} seconds.`,
  }),
  newSession: {
    title: "This is a new conversation.",
    todo: "The one before was cut off, and Sandra no longer remembers it. Repeat what matters.",
  },
  soundBlocked: { title: "The browser keeps this page silent.", todo: "Press “Turn sound on” to hear Sandra." },
  audioFailed: { title: "The sound could not start.", todo: "Reload the page. Meanwhile you can type." },
  clearFailed: { title: "It could not be cleared.", todo: "Try again once there is a connection." },
  server: {
    not_understood: { title: "I did not understand what you said.", todo: "Say it again, closer to the microphone." },
    overloaded: { title: "Many guests are here at once.", todo: "Wait a moment and say it again." },
    engine_failed: { title: "Something failed with that answer.", todo: "Ask again; the conversation goes on." },
    rate_limited: { title: "Too many messages in a row.", todo: "Wait a few seconds." },
    text_too_long: { title: "The text is too long.", todo: "Send it in parts." },
    audio_too_long: { title: "You spoke for a long while.", todo: "I answer what I heard until then." },
    internal: { title: "The server failed.", todo: "Try again." },
  },
  serverOther: (message) => ({ title: "The server says:", todo: message }),
};

export const TEXTS: Record<Language, Texts> = { es: ES, en: EN };
