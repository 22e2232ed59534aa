"""What invented guests ask and what she answers, in both languages."""

from typing import NamedTuple


class Line(NamedTuple):
    """A question, its answer, its kind, and whether she knew."""

    question: str
    answer: str
    response_type: str = "general"
    answered: bool = True


SPANISH = (
    Line("Hola, buenas tardes.", "¡Hola! Soy Sandra, de Casas del Turia. ¿En qué puedo ayudarle?", "welcome"),
    Line("¿A qué hora es la entrada?", "La entrada es a partir de las 16:00, y la salida, hasta las 11:00."),
    Line("¿Tienen piscina?", "Sí, una piscina de agua salada abierta de mayo a octubre, de 9:00 a 21:00."),
    Line(
        "¿Cuánto cuesta la villa en agosto?",
        "La villa cuesta 290 euros la noche en agosto, con un mínimo de cinco noches. ¿Le miro unas fechas?",
        "luxury",
    ),
    Line("¿Se puede ir con perro?", "Sí, admitimos un perro por casa, con un suplemento de 15 euros la noche."),
    Line("¿Hay aparcamiento?", "Sí, cada casa tiene dos plazas de aparcamiento gratuitas y una toma para coches."),
    Line(
        "No funciona el aire acondicionado.",
        "Lo siento. Aviso ahora mismo a mantenimiento. ¿En qué casa está usted?",
        "support",
    ),
    Line("¿Qué restaurantes hay cerca?", "A cinco minutos andando tiene Casa Amparo, con arroces por encargo."),
    Line("¿Cómo llego desde Valencia?", "Por la CV-35, salida 21; son unos cuarenta minutos en coche."),
    Line("Gracias, eso es todo.", "Gracias a usted. ¡Hasta pronto!"),
)
"""Known ones."""

SPANISH_GAPS = (
    Line(
        "¿Alquilan bicicletas eléctricas?",
        "Eso no lo sé. ¿Quiere que le dé el teléfono de la oficina?",
        "general",
        False,
    ),
    Line("¿Tienen cuna para el bebé?", "Eso no lo sé. ¿Quiere que le dé el teléfono de la oficina?", "general", False),
    Line("¿Hay médico en el pueblo?", "Eso no lo sé. ¿Quiere que le dé el teléfono de la oficina?", "general", False),
    Line("¿Aceptan el bono turístico?", "Eso no lo sé. ¿Quiere que le dé el teléfono de la oficina?", "general", False),
)
"""What she does not know."""

ENGLISH = (
    Line("Hi there.", "Hello! I'm Sandra, from Casas del Turia. How can I help you?", "welcome"),
    Line("What time can we check in?", "Check-in is from four in the afternoon, and check-out until eleven."),
    Line("Is there a pool?", "Yes, a salt-water pool that is open from May to October, nine to nine."),
    Line(
        "How much is the villa in August?",
        "The villa is 290 euros a night in August, five nights at least. Shall I look up some dates?",
        "luxury",
    ),
    Line("Can we bring our dog?", "Yes, one dog a house, for 15 euros more a night."),
    Line("The heating is not working.", "I'm sorry. I'll tell maintenance now. Which house are you in?", "support"),
    Line("Where can we eat nearby?", "Casa Amparo is five minutes on foot, and cooks rice dishes to order."),
    Line("Thanks, that's all.", "Thank you. See you soon!"),
)
"""Known ones."""

ENGLISH_GAPS = (
    Line("Do you rent e-bikes?", "I don't know that. Would you like the office's number?", "general", False),
    Line("Is there a cot for the baby?", "I don't know that. Would you like the office's number?", "general", False),
    Line("Can you store our luggage?", "I don't know that. Would you like the office's number?", "general", False),
)
"""What she does not know."""
