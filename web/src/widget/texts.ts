/** The element's few words; the panel has its own. */
export interface Texts {
  launch: string;
  dialog: (name: string) => string;
  close: string;
  opening: string;
  failed: (name: string) => string;
  retry: string;
  phone: string;
  whatsapp: string;
  email: string;
}

export const TEXTS: Readonly<Record<"es" | "en", Texts>> = {
  es: {
    launch: "Habla con nosotros",
    dialog: (name) => `Conversación con ${name}`,
    close: "Cerrar",
    opening: "Abriendo…",
    failed: (name) => `Ahora no se puede hablar con ${name}.`,
    retry: "Reintentar",
    phone: "Llamar",
    whatsapp: "WhatsApp",
    email: "Escribir un correo",
  },
  en: {
    launch: "Talk to us",
    dialog: (name) => `Conversation with ${name}`,
    close: "Close",
    opening: "Opening…",
    failed: (name) => `${name} cannot be reached just now.`,
    retry: "Try again",
    phone: "Call us",
    whatsapp: "WhatsApp",
    email: "Send an e-mail",
  },
};
