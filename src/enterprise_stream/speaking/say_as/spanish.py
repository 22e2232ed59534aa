"""Spanish words for `Tables`."""

from enterprise_stream.calendar_names import MONTHS, WEEKDAYS
from enterprise_stream.speaking.say_as.tables import SIGNS, Tables

MASCULINE_IN_A = frozenset((
    "día", "días", "mapa", "mapas", "sofá", "sofás", "problema", "problemas", "idioma", "idiomas", "programa",
    "programas", "sistema", "sistemas", "tema", "temas", "mega", "megas", "giga", "gigas", "clima", "climas", "planeta",
    "planetas", "futbolista", "futbolistas", "yoga",
))  # fmt: skip
"""Masculine nouns that look feminine."""

FEMININE_ENDS = (
    "a", "as", "ción", "ciones", "sión", "siones", "dad", "dades", "noche", "noches", "llave", "llaves", "vez", "veces",
    "luz", "luces", "mujer", "mujeres", "mano", "manos", "calle", "calles", "suite", "suites", "clase", "clases",
    "moto", "motos", "foto", "fotos", "opción", "opciones", "parte", "partes",
)  # fmt: skip
NO_NOUN = frozenset((
    "a", "al", "ante", "antes", "aquí", "como", "con", "cuesta", "cuestan", "de", "del", "desde", "después", "e", "el",
    "en", "entre", "es", "está", "están", "fue", "ha", "hasta", "hay", "incluye", "la", "las", "le", "les", "los",
    "más",
    "me", "menos", "ni", "no", "nos", "o", "para", "pero", "por", "porque", "queda", "quedan", "que", "se", "si", "sin",
    "sobre", "son", "te", "tiene", "tienen", "u", "y", "ya",
))  # fmt: skip
"""Words that follow a number without being what it counts."""

FRACTIONS = {
    "1/2": ("medio", "media"), "½": ("medio", "media"), "1/4": ("un cuarto de",) * 2, "¼": ("un cuarto de",) * 2,
    "3/4": ("tres cuartos de",) * 2, "¾": ("tres cuartos de",) * 2, "1/3": ("un tercio de",) * 2,
    "2/3": ("dos tercios de",) * 2,
}  # fmt: skip
STAYS = frozenset(("personas", "huéspedes", "noches", "días", "habitaciones", "camas", "semanas", "plazas", "adultos"))
"""What may be three or four: "3/4 personas" is no date."""

AFTER_WHOLE = {
    "½": "medio", "1/2": "medio", "¼": "cuarto", "1/4": "cuarto", "¾": "tres cuartos", "3/4": "tres cuartos",
}  # fmt: skip
HALVED = {
    written: (one, many, one == "hora")
    for one, many, short in (
        ("hora", "horas", "h"), ("kilo", "kilos", "kg"), ("litro", "litros", "l"), ("día", "días", ""),
        ("kilómetro", "kilómetros", "km"), ("año", "años", ""), ("metro", "metros", "m"),
    )
    for written in (many, one, short)
    if written
}  # fmt: skip
"""What is had by the half, as it is written: singular, plural, and whether it is feminine."""

FRACTION_NOUNS = frozenset((
    "litro", "kilo", "hora", "pensión", "botella", "taza", "ración", "jornada", "día", "docena", "kilómetro", "metro",
    "mes", "año", "semana", "tarifa", "kg", "l", "h", "km",
))  # fmt: skip

_LETTERS = {
    "A": "a", "B": "be", "C": "ce", "D": "de", "E": "e", "F": "efe", "G": "ge", "H": "hache", "I": "i", "J": "jota",
    "K": "ka", "L": "ele", "M": "eme", "N": "ene", "Ñ": "eñe", "O": "o", "P": "pe", "Q": "cu", "R": "erre", "S": "ese",
    "T": "te", "U": "u", "V": "uve", "W": "uve doble", "X": "equis", "Y": "i griega", "Z": "zeta", "Á": "a", "É": "e",
    "Í": "i", "Ó": "o", "Ú": "u", "Ü": "u", "Ç": "ce cedilla",
}  # fmt: skip

_KINGS = dict.fromkeys((
    "felipe", "alfonso", "carlos", "fernando", "jaime", "jaume", "pedro", "enrique", "luis", "pío", "benedicto",
    "pablo",
    "francisco", "napoleón", "gregorio", "león", "juan", "sancho", "ramiro", "martín", "calixto", "jorge", "alejandro",
    "guillermo", "inocencio", "eduardo", "ricardo", "leopoldo",
), False) | dict.fromkeys(("isabel", "juana", "catalina", "cristina", "margarita"), True)  # fmt: skip

SPANISH = Tables(
    to="a", minus="menos", plus="más", per="por", per_and="y",
    at="arroba", dot="punto", dash="guion", underscore="guion bajo", link="el enlace",
    either="o", both="y", times="por", star=("estrella", "estrellas"),
    coins={
        "EUR": ("euro", "euros", "céntimos"), "USD": ("dólar", "dólares", "centavos"),
        "MXN": ("peso", "pesos", "centavos"), "peso": ("peso", "pesos", "centavos"),
        "GBP": ("libra", "libras", "peniques"), "CHF": ("franco suizo", "francos suizos", "céntimos"),
        "JPY": ("yen", "yenes", "céntimos"), "ARS": ("peso argentino", "pesos argentinos", "centavos"),
        "COP": ("peso colombiano", "pesos colombianos", "centavos"),
        "CLP": ("peso chileno", "pesos chilenos", "centavos"),
        "CAD": ("dólar canadiense", "dólares canadienses", "centavos"),
    },
    signs=SIGNS,
    units={
        "m²": ("metro cuadrado", "metros cuadrados"), "m2": ("metro cuadrado", "metros cuadrados"),
        "m³": ("metro cúbico", "metros cúbicos"), "m3": ("metro cúbico", "metros cúbicos"),
        "km²": ("kilómetro cuadrado", "kilómetros cuadrados"),
        "km/h": ("kilómetro por hora", "kilómetros por hora"), "m/s": ("metro por segundo", "metros por segundo"),
        "km": ("kilómetro", "kilómetros"), "Km": ("kilómetro", "kilómetros"), "kms": ("kilómetro", "kilómetros"),
        "m": ("metro", "metros"),
        "mts": ("metro", "metros"), "cm": ("centímetro", "centímetros"), "mm": ("milímetro", "milímetros"),
        "kg": ("kilo", "kilos"), "Kg": ("kilo", "kilos"), "g": ("gramo", "gramos"),
        "gr": ("gramo", "gramos"), "mg": ("miligramo", "miligramos"), "l": ("litro", "litros"),
        "L": ("litro", "litros"),
        "cl": ("centilitro", "centilitros"), "ml": ("mililitro", "mililitros"),
        "°C": ("grado", "grados"), "ºC": ("grado", "grados"), "° C": ("grado", "grados"), "º C": ("grado", "grados"),
        "°F": ("grado Fahrenheit", "grados Fahrenheit"), "ºF": ("grado Fahrenheit", "grados Fahrenheit"),
        "°": ("grado", "grados"),
        "h": ("hora", "horas"), "hs": ("hora", "horas"), "hrs": ("hora", "horas"), "min": ("minuto", "minutos"),
        "mins": ("minuto", "minutos"), "'": ("minuto", "minutos"), "′": ("minuto", "minutos"),
        "s": ("segundo", "segundos"), "seg": ("segundo", "segundos"), "ms": ("milisegundo", "milisegundos"),
        "Mbps": ("mega", "megas"), "Mb/s": ("mega", "megas"), "MB": ("mega", "megas"), "Mb": ("mega", "megas"),
        "GB": ("giga", "gigas"), "Gbps": ("giga", "gigas"), "TB": ("tera", "teras"), "KB": ("ka", "kas"),
        "kW": ("kilovatio", "kilovatios"), "kWh": ("kilovatio hora", "kilovatios hora"), "W": ("vatio", "vatios"),
        "V": ("voltio", "voltios"), "Hz": ("hercio", "hercios"),
        "GHz": ("gigahercio", "gigahercios"), "dB": ("decibelio", "decibelios"),
        "kcal": ("kilocaloría", "kilocalorías"),
        "pax": ("persona", "personas"), "pers.": ("persona", "personas"), "uds.": ("unidad", "unidades"),
        "hab.": ("habitación", "habitaciones"), "dorm.": ("dormitorio", "dormitorios"), "págs.": ("página", "páginas"),
        "%": ("por ciento", "por ciento"), "‰": ("por mil", "por mil"), '"': ("pulgada", "pulgadas"),
        "″": ("pulgada", "pulgadas"), "”": ("pulgada", "pulgadas"),
    },
    short={
        "c/": "calle", "nº": "número", "n.º": "número", "n°": "número", "núm.": "número", "núms.": "números",
        "tel.": "teléfono", "tel": "teléfono", "tfno.": "teléfono", "tlf.": "teléfono", "tfn.": "teléfono",
        "tlf": "teléfono", "tfno": "teléfono", "cel.": "celular", "a/a": "aire acondicionado", "calef.": "calefacción",
        "acond.": "acondicionado", "parc.": "parcela", "p.d.": "posdata", "p.p.": "por persona",
        "prof.": "profundidad",
        "teléf.": "teléfono", "móv.": "móvil", "aprox.": "aproximadamente", "máx.": "máximo", "max.": "máximo",
        "mín.": "mínimo", "hab.": "habitación", "habs.": "habitaciones", "dorm.": "dormitorio", "pers.": "personas",
        "etc.": "etcétera", "etc": "etcétera", "ej.": "ejemplo", "ud.": "usted", "uds.": "ustedes", "vd.": "usted",
        "vds.": "ustedes", "pág.": "página", "págs.": "páginas", "esq.": "esquina", "dcha.": "derecha",
        "dch.": "derecha", "der.": "derecha", "izq.": "izquierda", "izda.": "izquierda", "izqda.": "izquierda",
        "esc.": "escalera", "pta.": "puerta", "pl.": "planta", "apto.": "apartamento", "apdo.": "apartado",
        "dpto.": "departamento", "depto.": "departamento", "bco.": "banco", "cía.": "compañía",
        "incl.": "incluido", "inc.": "incluido", "excl.": "excluido", "imp.": "impuestos", "dto.": "descuento",
        "dcto.": "descuento", "desc.": "descuento", "ref.": "referencia", "obs.": "observaciones", "s/n": "sin número",
        "c/u": "cada uno", "c.p.": "código postal", "cp": "código postal", "aeropto.": "aeropuerto",
        "ed.": "edificio", "bl.": "bloque", "blq.": "bloque",
        "prov.": "provincia", "ext.": "extensión", "mz.": "manzana", "lt.": "lote", "edo.": "estado", "vs.": "contra",
        "min.": "minutos", "mins.": "minutos", "seg.": "segundos", "hrs.": "horas", "hs.": "horas", "km.": "kilómetros",
        "kms.": "kilómetros", "kg.": "kilos", "mts.": "metros", "gr.": "gramos", "cm.": "centímetros", "lts.": "litros",

        "mª": "María", "m.ª": "María", "fdo.": "firmado", "atte.": "atentamente",
        "a/c": "aire acondicionado", "aa": "aire acondicionado", "a.a.": "aire acondicionado",
        "ee.uu.": "Estados Unidos",
        "eeuu": "Estados Unidos", "wc": "váter", "w.c.": "váter", "tv": "tele",
        "pax": "personas", "adm.": "administración", "admón.": "administración",
        "s.a.": "ese a", "s.l.": "ese ele", "p.ej.": "por ejemplo", "a.c.": "antes de Cristo",
        "d.c.": "después de Cristo",
        "cap.": "capítulo", "art.": "artículo", "tít.": "título",

    },
    titles={
        "vs.": "contra", "sr.": "señor", "sra.": "señora", "srta.": "señorita", "sres.": "señores", "sras.": "señoras",
        "d.": "don",
        "d.ª": "doña", "dª": "doña", "dña.": "doña", "dr.": "doctor", "dra.": "doctora", "dres.": "doctores",
        "prof.": "profesor", "profa.": "profesora", "ing.": "ingeniero", "lic.": "licenciado", "arq.": "arquitecto",
        "avda.": "avenida", "av.": "avenida", "avd.": "avenida", "ave.": "avenida", "pza.": "plaza", "pl.": "plaza",
        "hnos.": "hermanos", "plza.": "plaza",
        "pº": "paseo", "p.º": "paseo", "ctra.": "carretera", "cra.": "carretera", "blvd.": "bulevar", "bv.": "bulevar",
        "gral.": "general", "sta.": "santa", "sto.": "santo", "s.": "san", "c.": "calle", "ptge.": "pasaje",
        "pje.": "pasaje", "cmno.": "camino", "glta.": "glorieta", "rda.": "ronda", "trav.": "travesía",
        "tva.": "travesía",
        "urb.": "urbanización", "edif.": "edificio", "res.": "residencial", "col.": "colonia",
        "fracc.": "fraccionamiento", "hno.": "hermano", "fco.": "Francisco", "ntra.": "nuestra",
        "excmo.": "excelentísimo", "excma.": "excelentísima", "ilmo.": "ilustrísimo", "mr.": "míster", "mrs.": "misis",
        "calz.": "calzada", "prol.": "prolongación", "cda.": "cerrada",
    },
    respelt={
        "wifi": "guifi", "wi-fi": "guifi", "check-in": "chequin", "checkin": "chequin", "check-out": "checáut",
        "checkout": "checáut", "check": "chec", "airbnb": "erbienbí", "booking": "búquin",
        "booking.com": "búquin punto com",
        "e-mail": "imeil", "email": "imeil", "emails": "imeils", "whatsapp": "guásap", "whatsapps": "guásaps",
        "online": "onlain", "on-line": "onlain", "bluetooth": "blutuz", "google": "gúguel", "facebook": "féisbuc",
        "youtube": "yutub", "iphone": "aifon", "smart": "esmart", "jacuzzi": "yacusi", "brunch": "branch",
        "hall": "jol", "room": "rum", "service": "servis", "size": "sais", "king": "quin", "queen": "cuin",
        "late": "leit",
        "early": "erli", "coworking": "cogüorquin", "welcome": "güélcom", "pack": "pac", "friendly": "fréndli",
        "free": "fri", "breakfast": "brécfast", "uber": "úber", "streaming": "estrímin", "happy": "japi",
        "hour": "áuer", "beach": "bich", "boutique": "butic", "duplex": "dúplex",
        "penthouse": "pentjaus", "ok": "okey", "okay": "okey", "app": "ap", "apps": "aps", "link": "linc",
        "spotify": "espótifai", "netflix": "nétflics", "hdmi": "hache de eme i", "laundry": "londri",
        "overbooking": "overbúquin", "transfer": "tránsfer", "voucher": "váucher", "feedback": "fídbac",
        "barbecue": "barbacoa", "shuttle": "chátel", "deluxe": "delux", "premium": "prémium",
        "standard": "estándar", "twin": "tuin", "single": "singuel", "hostel": "jóstel", "host": "joust",
        "house": "jaus", "housekeeping": "jausquipin",
        "catering": "quéterin", "running": "ránin", "fitness": "fitnes", "wellness": "güelnes", "ticket": "tíquet",
        "tickets": "tíquets", "web": "güeb", "webs": "güebs", "website": "güebsait",
    },
    symbols={
        "%": "por ciento", "€": "euros", "$": "dólares", "£": "libras", "&": "y", "+": "más", "=": "igual a",
        "±": "más menos",
        "×": "por", "÷": "entre", "≈": "aproximadamente", "≥": "mayor o igual que", "≤": "menor o igual que",
        "→": "a", "°": "grados", "@": "arroba", "½": "medio", "¼": "un cuarto", "¾": "tres cuartos", "√": "raíz de",
        "−": "menos", "≠": "distinto de", "§": "sección",
    },
    months=MONTHS["es"],
    weekdays=WEEKDAYS["es"],
    month_short={
        "ene": 0, "feb": 1, "mar": 2, "abr": 3, "may": 4, "jun": 5, "jul": 6, "ago": 7, "sep": 8, "sept": 8, "set": 8,
        "oct": 9, "nov": 10, "dic": 11,
    },
    weekday_short={
        "lun": 0, "mar": 1, "mié": 2, "mie": 2, "miér": 2, "jue": 3, "vie": 4, "sáb": 5, "sab": 5, "dom": 6, "l": 0,
        "m": 1,
        "x": 2, "j": 3, "v": 4, "s": 5, "d": 6,
    },
    letters=_LETTERS,
    spelled=frozenset((
        "ADSL", "ATM", "DNI", "DVD", "EMT", "FAQ", "FGV", "GPS", "HD", "MP3", "PDF", "QR", "SMS", "SUV", "UE", "UHD",
        "USB",
        "VPN", "UK", "AC", "PC", "RFC", "CDMX", "BBVA", "IRPF", "ITV", "CV", "OMS", "ONG", "PVP", "RRHH", "SL", "IA",
    )),
    domains={
        "com": "com", "es": "es", "org": "org", "net": "net", "info": "info", "eu": "e u", "mx": "eme equis",
        "io": "i o",
        "uk": "u ka", "fr": "efe erre", "de": "de e", "it": "i te", "pt": "pe te", "cat": "cat", "gob": "gob",
        "ar": "a erre",
        "co": "co", "app": "ap", "me": "me", "tv": "te uve", "travel": "trável", "dev": "dev", "ai": "a i",
        "us": "u ese",
        "html": "hache te eme ele", "pdf": "pe de efe", "cl": "ce ele", "gov": "gov", "edu": "edu", "online": "onlain",
    },
    kings=_KINGS,
    codes=frozenset((
        "código", "pin", "clave", "contraseña", "localizador", "referencia", "cp", "postal", "reserva", "password",
        "expediente", "extensión", "ext", "vuelo", "dni", "matrícula",
    )),
    labels=frozenset((
        "habitación", "hab", "planta", "puerta", "piso", "número", "núm", "nº", "n.º", "n°", "línea", "página",
        "apartamento",
        "villa", "terminal", "zona", "torre", "bloque", "portal", "escalera", "opción", "salida", "andén", "vía",
        "mesa",
        "sala", "casa", "kilómetro", "km", "fase", "nivel", "estudio", "loft", "cama", "plaza", "parcela", "andar",
        "edificio",
        "artículo", "capítulo", "tranvía", "autobús", "bus", "metro", "tren", "calle", "suite", "paso", "sector",
        "lote",
        "manzana", "carril", "pista", "muelle", "grupo", "talla",
    )),
)  # fmt: skip
