import { StrictMode, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { SandraVoice } from "./SandraVoice.jsx";

const FLATS = [
  { id: "loft", name: "Loft Azul", price: 85 },
  { id: "atico", name: "Ático Azul", price: 110 },
];

function App() {
  const sandra = useRef(null);
  const [status, setStatus] = useState(null);
  const [shown, setShown] = useState(true);
  return (
    <main>
      <h1>Casa Azul</h1>
      <ul>
        {FLATS.map(({ id, name, price }) => (
          <li key={id}>
            {name}, {price} €{" "}
            <button type="button" onClick={() => (sandra.current.open = true)}>
              Preguntar por {name}
            </button>
          </li>
        ))}
      </ul>
      <p role="status">{status === null ? "Sin conversación" : `Conversación: ${status.phase}`}</p>
      <button type="button" onClick={() => setShown(!shown)}>
        {shown ? "Quitar a Sandra" : "Poner a Sandra"}
      </button>
      {shown && (
        <SandraVoice ref={sandra} server="https://voz.example.com" lang="es" phone="960 000 100" onState={setStatus} />
      )}
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
