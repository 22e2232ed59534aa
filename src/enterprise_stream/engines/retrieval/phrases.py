# ruff: noqa: E501 - a sentence stays on one line
"""What the embedded brain says of its own, in each language; an opening clause is short, because it is spoken first."""

import re
from collections.abc import Mapping

from enterprise_stream.calendar_names import MONTHS
from enterprise_stream.thinking.knowledge import Knowledge, Lodging

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "greeting": {
        "es": "¡Hola! Soy {persona}, la asistente de inteligencia artificial de {business}. ¿En qué le ayudo?",
        "en": "Hello! I am {persona}, the AI assistant of {business}. How can I help?",
    },
    "thanks": {"es": "De nada. ¿Le ayudo en algo más?", "en": "You're welcome. Anything else?"},
    "goodbye": {"es": "¡Hasta pronto! Que tenga un buen día.", "en": "Goodbye! Have a lovely day."},
    "how_are_you": {
        "es": "Muy bien, gracias. ¿En qué le ayudo?",
        "en": "Very well, thank you. How can I help?",
    },
    "who_are_you": {
        "es": "Soy {persona}, la asistente de inteligencia artificial de {business}. Dígame, ¿en qué le ayudo?",
        "en": "I am {persona}, the AI assistant of {business}. How can I help?",
    },
    "are_you_ai": {
        "es": "Soy una inteligencia artificial. Me llamo {persona}; si prefiere una persona, se lo digo a la oficina.",
        "en": "I am an AI. My name is {persona}; if you prefer a person, I can tell the office.",
    },
    "unknown": {
        "es": "Eso no lo sé. ¿Quiere que pregunte a la oficina?",
        "en": "I don't know that. Shall I ask the office?",
    },
    "refusal": {
        "es": "En eso no puedo ayudarle. Con nuestros apartamentos, encantada: ¿qué desea saber?",
        "en": "I can't help with that. I'm happy to help with our apartments: what would you like to know?",
    },
    "not_understood": {
        "es": "Perdone, no le he entendido. ¿Me lo puede decir otra vez?",
        "en": "Sorry, I didn't get that. Could you say it again?",
    },
    "not_understood_again": {
        "es": "Sigo sin entenderle. Dígamelo con otras palabras, por ejemplo: «¿cuánto cuesta una noche?»",
        "en": "I still don't follow. Please try other words, for example: “how much is a night?”",
    },
    "language": {"es": "Claro, hablemos en español. ¿En qué le ayudo?", "en": "Of course, we can speak English. How can I help?"},
    "language_other": {"es": "Lo siento, hablo español e inglés.", "en": "I'm sorry, I speak Spanish and English."},
    "yes_what": {"es": "Muy bien. ¿Qué más desea saber?", "en": "Very good. What else would you like to know?"},
    "no_what": {"es": "De acuerdo. ¿Le ayudo en algo más?", "en": "All right. Anything else?"},
    "nothing_said": {"es": "Aún no le he dicho nada. ¿En qué le ayudo?", "en": "I haven't said anything yet. How can I help?"},
    "ask_office": {"es": "De acuerdo, lo pregunto a la oficina.", "en": "All right, I'll ask the office."},
    "office_phone": {"es": "También puede llamar al {phone}", "en": "You can also call {phone}"},
    "office_hours": {"es": ", de {start} a {end}", "en": ", from {start} to {end}"},
    "broken_where": {"es": "¿En qué apartamento está?", "en": "Which apartment are you in?"},
    "broken_noted": {
        "es": "Gracias. Se avisa ahora mismo de lo de {lodging}.",
        "en": "Thank you. A person is being told about {lodging} right now.",
    },
    "broken_sorry": {"es": "Lo siento mucho.", "en": "I am very sorry."},
    "call_emergency": {"es": "Si es urgente, llame al {phone}.", "en": "If it is urgent, call {phone}."},
    "a_night": {"es": "{name} cuesta {price} la noche.", "en": "{name} is {price} a night."},
    "a_night_month": {"es": "En {month}, {name} cuesta {price} la noche.", "en": "In {month}, {name} is {price} a night."},
    "nights_total": {
        "es": "Son {total} en total: {name}, {nights}, {when}a {price} la noche.",
        "en": "That is {total} in total: {name}, {nights}, {when}at {price} a night.",
    },
    "nights_total_mixed": {
        "es": "Son {total} en total: {name}, {nights}{when_last}.",
        "en": "That is {total} in total: {name}, {nights}{when_last}.",
    },
    "per_night": {"es": "Por noche:", "en": "Per night:"},
    "per_night_month": {"es": "En {month}, por noche:", "en": "In {month}, per night:"},
    "for_nights": {"es": "Por {nights}:", "en": "For {nights}:"},
    "season": {"es": "En {season} cuesta un {percent} más.", "en": "In {season} it is {percent} more."},
    "season_less": {"es": "En {season} cuesta un {percent} menos.", "en": "In {season} it is {percent} less."},
    "cheapest": {"es": "El más económico es {name}, a {price} la noche.", "en": "The cheapest is {name}, at {price} a night."},
    "dearest": {"es": "El de mayor precio es {name}, a {price} la noche.", "en": "The highest priced is {name}, at {price} a night."},
    "fits": {"es": "Sí, claro. {name} es para {guests} como mucho.", "en": "Yes, of course. {name} is for up to {guests}."},
    "fits_not": {"es": "No, lo siento. {name} es para {guests} como mucho.", "en": "No, I'm sorry. {name} is for up to {guests}."},
    "for_up_to": {"es": "{name} es para {guests} como mucho.", "en": "{name} is for up to {guests}."},
    "for_guests": {"es": "Para {guests}:", "en": "For {guests}:"},
    "offer": {"es": "{lodging}, a {price} la noche", "en": "{lodging}, at {price} a night"},
    "too_many": {
        "es": "Para {guests} no tengo uno solo. El mayor es {name}, para {most} como mucho.",
        "en": "I have no single one for {guests}. The biggest is {name}, for up to {most}.",
    },
    "has": {"es": "{name} tiene {feature}.", "en": "{name} has {feature}."},
    "has_not": {"es": "De {name} no me consta.", "en": "I have no record of that for {name}."},
    "fact_total": {"es": "Para {count} serían {total}.", "en": "For {count} that is {total}."},
    "booking_start": {"es": "Con mucho gusto.", "en": "With pleasure."},
    "booking_ack": {"es": "Muy bien.", "en": "Very good."},
    "booking_back": {"es": "Y para su reserva:", "en": "And for your booking:"},
    "ask_dates_guests": {"es": "¿Para qué fechas, y cuántas personas son?", "en": "For which dates, and how many guests?"},
    "ask_dates": {"es": "¿Para qué fechas?", "en": "For which dates?"},
    "ask_days": {"es": "¿Qué días de {month}?", "en": "Which days in {month}?"},
    "ask_departure": {"es": "¿Hasta qué día?", "en": "Until which day?"},
    "ask_arrival": {"es": "¿Desde qué día?", "en": "From which day?"},
    "ask_guests": {"es": "¿Cuántas personas son?", "en": "How many guests?"},
    "ask_name": {"es": "¿A qué nombre la pongo?", "en": "Under which name?"},
    "ask_change": {"es": "De acuerdo. ¿Qué cambio: las fechas, las personas o el nombre?", "en": "All right. What shall I change: the dates, the guests or the name?"},
    "propose": {"es": "Le propongo {name}.", "en": "I suggest {name}."},
    "too_small": {"es": "{name} es para {most} como mucho.", "en": "{name} is for up to {most}."},
    "read_back": {
        "es": "Le leo la reserva: {name}, {when}, {nights}, {guests}, a nombre de {who}. Serían {total} en total. ¿Es correcto?",
        "en": "Let me read it back: {name}, {when}, {nights}, {guests}, under the name {who}. That is {total} in total. Is that right?",
    },
    "read_back_bare": {
        "es": "Le leo la reserva: {when}, {nights}, {guests}, a nombre de {who}. ¿Es correcto?",
        "en": "Let me read it back: {when}, {nights}, {guests}, under the name {who}. Is that right?",
    },
    "booked": {"es": "Perfecto. Queda anotada, {who}.", "en": "Perfect. I have noted it, {who}."},
    "booked_confirm": {"es": "Una persona se la confirma en {hours}.", "en": "A person will confirm it within {hours}."},
    "booking_not_taken": {
        "es": "Perdone, ahora mismo no puedo anotar la reserva.",
        "en": "I'm sorry, I can't take the booking right now.",
    },
    "person_told": {"es": "Ya he avisado a una persona.", "en": "I have told a person."},
    "person_not_told": {"es": "Perdone, ahora mismo no puedo avisar.", "en": "I'm sorry, I can't reach anybody right now."},
    "booking_cancelled": {"es": "De acuerdo, no anoto nada. ¿Le ayudo en algo más?", "en": "All right, I won't note anything. Anything else?"},
}  # fmt: skip

_UNITS = {
    "night": {"es": ("noche", "noches"), "en": ("night", "nights")},
    "guest": {"es": ("persona", "personas"), "en": ("guest", "guests")},
    "bedroom": {"es": ("dormitorio", "dormitorios"), "en": ("bedroom", "bedrooms")},
    "day": {"es": ("día", "días"), "en": ("day", "days")},
    "person": {"es": ("persona", "personas"), "en": ("person", "people")},
    "hour": {"es": ("hora", "horas"), "en": ("hour", "hours")},
}

WORDS: tuple[str, ...] = (
    *(month for months in MONTHS.values() for month in months),
    *(word for units in _UNITS.values() for words in units.values() for word in words),
    *(
        [
            "y",
            "o",
            "un",
            "estudio",
            "con",
            "hasta",
            "del",
            "al",
            "de",
            "en",
            "and",
            "or",
            "a",
            "studio",
            "with",
            "up",
            "to",
            "from",
            "in",
        ]
    ),
)
"""Every word that the brain puts between its sentences' blanks on its own account."""


def contracted(text: str) -> str:
    """Spanish "de el" and "a el" before a name as they are said: "del Ático", "al Loft"."""
    return re.sub(r"\b([Aa]) el (?=[A-ZÁÉÍÓÚÑ])", r"\1l ", re.sub(r"\b([Dd])e el (?=[A-ZÁÉÍÓÚÑ])", r"\1el ", text))


class Phrases:
    """The brain's sentences in one language, with the business's own wordings where it gave some."""

    def __init__(self, knowledge: Knowledge, language: str) -> None:
        self.knowledge = knowledge
        self.language = language if language in ("es", "en") else "en"

    def __call__(self, key: str, **values: str) -> str:
        """The sentence `key`, with its blanks filled."""
        own = self.knowledge.small_talk.get(key, {}).get(self.language)
        text = self.knowledge.fill(own or BUILT_IN[key][self.language])
        if "name" in values:
            text = re.sub(r"(?:^|(?<=[.!?] ))\{name\}", values["name"][:1].upper() + values["name"][1:], text)
        for name, value in values.items():
            text = text.replace("{" + name + "}", value)
        return contracted(text) if self.language == "es" else text

    def called(self, lodging: Lodging) -> str:
        """A lodging's name as it stands inside a sentence: "el Ático Ruzafa"."""
        return lodging.called.get(self.language) or lodging.name

    def count(self, number: int, unit: str) -> str:
        """`number` of a unit: "1 noche", "3 nights"."""
        one, many = _UNITS[unit][self.language]
        return f"{number} {one if number == 1 else many}"

    def money(self, amount: int) -> str:
        """An amount in the business's currency: "1008 €"."""
        return f"{amount} {self.knowledge.currency}"

    def month(self, number: int) -> str:
        """A month's name."""
        return MONTHS[self.language][number - 1]

    def listed(self, items: list[str], word: str = "and") -> str:
        """Items joined as they are said: "a, b y c"."""
        joint = {"and": {"es": " y ", "en": " and "}, "or": {"es": ", o ", "en": ", or "}}[word][self.language]
        return items[0] if len(items) == 1 else ", ".join(items[:-1]) + joint + items[-1]
