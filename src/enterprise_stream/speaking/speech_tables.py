"""The words behind `speech_rules`, per language."""

MONTHS = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ),
}  # fmt: skip
WORDS = {
    "es": {
        "to": "a", "and": "y", "point": "coma", "minus": "menos", "plus": "más", "percent": "por ciento",
        "per": "por", "at": "arroba", "dot": "punto", "dash": "guion", "under": "guion bajo",
        "site": "nuestra página web", "link": "el enlace",
    },
    "en": {
        "to": "to", "and": "and", "point": "point", "minus": "minus", "plus": "plus", "percent": "percent",
        "per": "per", "at": "at", "dot": "dot", "dash": "dash", "under": "underscore",
        "site": "our website", "link": "the link",
    },
}  # fmt: skip
MONEY = {
    "es": {
        "€": ("euro", "euros", "céntimos"), "EUR": ("euro", "euros", "céntimos"),
        "$": ("dólar", "dólares", "centavos"), "USD": ("dólar", "dólares", "centavos"),
        "£": ("libra", "libras", "peniques"),
    },
    "en": {
        "€": ("euro", "euros", "cents"), "EUR": ("euro", "euros", "cents"),
        "$": ("dollar", "dollars", "cents"), "USD": ("dollar", "dollars", "cents"),
        "£": ("pound", "pounds", "pence"),
    },
}  # fmt: skip
UNITS = {
    "es": {
        "m²": ("metro cuadrado", "metros cuadrados"), "m2": ("metro cuadrado", "metros cuadrados"),
        "km/h": ("kilómetro por hora", "kilómetros por hora"), "km": ("kilómetro", "kilómetros"),
        "m": ("metro", "metros"), "cm": ("centímetro", "centímetros"), "kg": ("kilo", "kilos"),
        "g": ("gramo", "gramos"), "l": ("litro", "litros"), "°C": ("grado", "grados"), "ºC": ("grado", "grados"),
        "°": ("grado", "grados"), "h": ("hora", "horas"), "min": ("minuto", "minutos"), "s": ("segundo", "segundos"),
        "Mbps": ("mega", "megas"), "Mb/s": ("mega", "megas"), "GB": ("giga", "gigas"),
        "kW": ("kilovatio", "kilovatios"),
        "kWh": ("kilovatio hora", "kilovatios hora"), "x": ("por", "por"), "%": ("por ciento", "por ciento"),
    },
    "en": {
        "m²": ("square metre", "square metres"), "m2": ("square metre", "square metres"),
        "km/h": ("kilometre an hour", "kilometres an hour"), "km": ("kilometre", "kilometres"),
        "m": ("metre", "metres"), "cm": ("centimetre", "centimetres"), "kg": ("kilo", "kilos"),
        "g": ("gram", "grams"), "l": ("litre", "litres"), "°C": ("degree", "degrees"), "ºC": ("degree", "degrees"),
        "°": ("degree", "degrees"), "h": ("hour", "hours"), "min": ("minute", "minutes"), "s": ("second", "seconds"),
        "Mbps": ("megabit", "megabits"), "Mb/s": ("megabit", "megabits"), "GB": ("gigabyte", "gigabytes"),
        "kW": ("kilowatt", "kilowatts"), "kWh": ("kilowatt hour", "kilowatt hours"), "x": ("by", "by"),
        "%": ("percent", "percent"),
    },
}  # fmt: skip
SHORT = {
    "es": {
        "sr.": "señor", "sra.": "señora", "srta.": "señorita", "d.": "don", "dña.": "doña", "dr.": "doctor",
        "dra.": "doctora", "avda.": "avenida", "av.": "avenida", "c/": "calle", "pza.": "plaza", "nº": "número",
        "n.º": "número", "núm.": "número", "tel.": "teléfono", "tfno.": "teléfono", "aprox.": "aproximadamente",
        "máx.": "máximo", "mín.": "mínimo", "hab.": "habitación", "pers.": "personas", "etc.": "etcétera",
        "ej.": "ejemplo", "ud.": "usted", "uds.": "ustedes", "wifi": "guifi", "wi-fi": "guifi", "check-in": "chequin",
        "check-out": "checáut", "&": "y", "+": "más", "=": "igual a", "@": "arroba", "%": "por ciento",
    },
    "en": {
        "e.g.": "for example", "i.e.": "that is", "approx.": "approximately", "max.": "maximum", "min.": "minimum",
        "no.": "number", "tel.": "telephone", "st.": "street", "etc.": "et cetera", "&": "and", "+": "plus",
        "=": "equals", "@": "at", "%": "percent",
    },
}  # fmt: skip
SYMBOLS = {
    "es": {"%": "por ciento", "€": "euros", "$": "dólares", "£": "libras", "&": "y", "+": "más", "=": "igual a"},
    "en": {"%": "percent", "€": "euros", "$": "dollars", "£": "pounds", "&": "and", "+": "plus", "=": "equals"},
}
"""Symbols where no rule applies."""

MASCULINE_IN_A = frozenset((
    "día", "días", "mapa", "mapas", "sofá", "sofás", "problema", "problemas", "idioma", "idiomas", "programa",
    "programas", "sistema", "sistemas", "tema", "temas", "mega", "megas", "giga", "gigas",
))  # fmt: skip
FEMININE_ENDS = ("a", "as", "ción", "ciones", "dad", "dades", "noche", "noches", "llave", "llaves")
NO_NOUN = frozenset((
    "de", "del", "y", "e", "o", "u", "a", "al", "en", "por", "para", "con", "que", "como", "más", "menos", "es",
    "son", "entre", "hasta", "desde",
))  # fmt: skip
