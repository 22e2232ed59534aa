"""English words for `Tables`."""

from enterprise_stream.calendar_names import MONTHS, WEEKDAYS
from enterprise_stream.speaking.say_as.tables import SIGNS, Tables

ROOMS = frozenset((
    "room", "rooms", "suite", "suites", "flat", "apartment", "apt", "apt.", "unit", "flight", "gate", "route", "bus",
    "locker", "highway",
))  # fmt: skip
"""Words after which 204 is "two oh four"."""

STAYS = frozenset(("people", "guests", "nights", "days", "rooms", "beds", "weeks"))
"""What may be three or four: "3/4 nights" is no date."""

COUNTED = frozenset((
    "people", "guests", "rooms", "metres", "meters", "steps", "euros", "dollars", "pounds", "pesos", "points", "seats",
    "visitors", "kilometres", "kilometers", "miles", "feet", "calories", "books", "trees", "square", "years",
))  # fmt: skip
"""Nouns after which a number of four digits is no year."""

FRACTIONS = {
    "1/2": "half a", "½": "half a", "1/4": "a quarter of a", "¼": "a quarter of a", "3/4": "three quarters of a",
    "¾": "three quarters of a", "1/3": "a third of a", "2/3": "two thirds of a",
}  # fmt: skip
FRACTION_NOUNS = frozenset((
    "litre", "liter", "mile", "pound", "bottle", "cup", "day", "kilo", "dozen", "pint", "kilometre", "kilometer",
    "pizza",
    "glass", "year", "week", "month",
))  # fmt: skip
FRACTION_AN = frozenset(("hour", "ounce", "acre", "inch"))

FRACTION_ALONE = frozenset(("board", "full", "empty", "price", "off", "capacity"))
"""Words before which a fraction takes no article: "half board", "three quarters full"."""

AFTER_WHOLE = {
    "½": "a half", "1/2": "a half", "¼": "a quarter", "1/4": "a quarter", "¾": "three quarters",
    "3/4": "three quarters",
}  # fmt: skip

_KINGS = dict.fromkeys((
    "philip", "alfonso", "charles", "ferdinand", "james", "peter", "henry", "louis", "pius", "benedict", "paul",
    "francis",
    "napoleon", "gregory", "leo", "john", "george", "edward", "richard", "william", "elizabeth", "isabella",
    "catherine",
    "mary", "anne", "victoria", "felipe", "carlos", "jaime",
), False)  # fmt: skip

ENGLISH = Tables(
    to="to", minus="minus", plus="plus", per="per", per_and="per",
    at="at", dot="dot", dash="dash", underscore="underscore", link="the link",
    either="or", both="and", times="times", star=("star", "stars"),
    coins={
        "EUR": ("euro", "euros", "cents"), "USD": ("dollar", "dollars", "cents"), "MXN": ("peso", "pesos", "cents"),
        "peso": ("peso", "pesos", "cents"), "GBP": ("pound", "pounds", "pence"),
        "CHF": ("Swiss franc", "Swiss francs", "cents"), "JPY": ("yen", "yen", "cents"),
        "ARS": ("Argentine peso", "Argentine pesos", "cents"), "COP": ("Colombian peso", "Colombian pesos", "cents"),
        "CLP": ("Chilean peso", "Chilean pesos", "cents"), "CAD": ("Canadian dollar", "Canadian dollars", "cents"),
    },
    signs=SIGNS,
    units={
        "m²": ("square metre", "square metres"), "m2": ("square metre", "square metres"),
        "sqm": ("square metre", "square metres"), "sq m": ("square metre", "square metres"),
        "m³": ("cubic metre", "cubic metres"), "m3": ("cubic metre", "cubic metres"),
        "km²": ("square kilometre", "square kilometres"),
        "sq ft": ("square foot", "square feet"), "sq. ft.": ("square foot", "square feet"),
        "ft²": ("square foot", "square feet"), "sqft": ("square foot", "square feet"),
        "km/h": ("kilometre an hour", "kilometres an hour"), "kph": ("kilometre an hour", "kilometres an hour"),
        "mph": ("mile an hour", "miles an hour"), "m/s": ("metre per second", "metres per second"),
        "km": ("kilometre", "kilometres"), "kms": ("kilometre", "kilometres"), "m": ("metre", "metres"),
        "cm": ("centimetre", "centimetres"), "mm": ("millimetre", "millimetres"), "ft": ("foot", "feet"),
        "ft.": ("foot", "feet"), '"': ("inch", "inches"), "″": ("inch", "inches"),
        "”": ("inch", "inches"), "mi": ("mile", "miles"), "yd": ("yard", "yards"), "ha": ("hectare", "hectares"),
        "kg": ("kilo", "kilos"), "kgs": ("kilo", "kilos"), "g": ("gram", "grams"), "mg": ("milligram", "milligrams"),
        "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"), "oz": ("ounce", "ounces"), "l": ("litre", "litres"),
        "L": ("litre", "litres"), "cl": ("centilitre", "centilitres"), "ml": ("millilitre", "millilitres"),
        "gal": ("gallon", "gallons"), "°C": ("degree", "degrees"), "ºC": ("degree", "degrees"),
        "° C": ("degree", "degrees"), "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
        "ºF": ("degree Fahrenheit", "degrees Fahrenheit"), "°": ("degree", "degrees"),
        "h": ("hour", "hours"), "hr": ("hour", "hours"), "hrs": ("hour", "hours"), "min": ("minute", "minutes"),
        "mins": ("minute", "minutes"), "'": ("minute", "minutes"), "′": ("minute", "minutes"),
        "s": ("second", "seconds"),
        "sec": ("second", "seconds"), "secs": ("second", "seconds"), "ms": ("millisecond", "milliseconds"),
        "Mbps": ("megabit", "megabits"), "Mb/s": ("megabit", "megabits"), "MB": ("megabyte", "megabytes"),
        "GB": ("gigabyte", "gigabytes"), "Gbps": ("gigabit", "gigabits"), "TB": ("terabyte", "terabytes"),
        "kW": ("kilowatt", "kilowatts"), "kWh": ("kilowatt hour", "kilowatt hours"), "W": ("watt", "watts"),
        "V": ("volt", "volts"), "Hz": ("hertz", "hertz"), "GHz": ("gigahertz", "gigahertz"),
        "dB": ("decibel", "decibels"), "kcal": ("calorie", "calories"), "pax": ("person", "people"),
        "pp.": ("page", "pages"), "yrs": ("year", "years"), "yr": ("year", "years"),
        "%": ("percent", "percent"), "‰": ("per thousand", "per thousand"),
    },
    short={
        "e.g.": "for example", "eg.": "for example", "i.e.": "that is", "ie.": "that is", "approx.": "approximately",
        "max.": "maximum", "min.": "minimum", "tel.": "telephone", "tel": "telephone", "ph.": "phone",
        "etc.": "et cetera",
        "etc": "et cetera", "incl.": "including", "inc.": "including", "excl.": "excluding", "hrs.": "hours",
        "hr.": "hour", "mins.": "minutes", "vs.": "versus", "vs": "versus", "w/": "with", "w/o": "without",
        "b/c": "because", "apt.": "apartment", "apts.": "apartments", "dept.": "department", "bldg.": "building",
        "fl.": "floor", "flr.": "floor", "ext.": "extension", "ave.": "avenue", "ave": "avenue", "rd.": "road",
        "blvd.": "boulevard", "blvd": "boulevard", "ln.": "lane", "hwy.": "highway", "hwy": "highway", "sq.": "square",
        "pkwy.": "parkway", "ct.": "court", "jr.": "junior", "sr.": "senior", "co.": "company", "ltd.": "limited",
        "corp.": "corporation", "a/c": "air conditioning", "ac": "air conditioning", "b&b": "B and B", "r&b": "R and B",
        "p.s.": "P S", "asap": "as soon as possible", "fyi": "for your information", "n/a": "not applicable",
        "c/o": "care of", "p.p.": "per person", "pp": "per person", "p/n": "per night",
        "pppn": "per person per night", "pn": "per night", "izda.": "left", "izq.": "left", "dcha.": "right",
        "p.m.": "P M", "a.m.": "A M",
        "u.s.": "U S", "u.k.": "U K", "u.s.a.": "U S A", "dbl.": "double", "sgl.": "single",
        "bdrm.": "bedroom", "ref.": "reference", "govt.": "government", "intl.": "international",
        "est.": "established", "pax": "people", "deg.": "degrees", "temp.": "temperature", "vol.": "volume",
        "p.": "page", "pg.": "page",
        "opp.": "opposite", "nr.": "near", "hab.": "room", "wi-fi": "wifi", "wc": "W C", "tv": "T V",
    },
    titles={
        "vs.": "versus", "e.g.": "for example", "i.e.": "that is", "approx.": "approximately",
        "mr.": "mister", "mr": "mister", "mrs.": "missus", "mrs": "missus", "ms.": "miz", "ms": "miz", "dr.": "doctor",
        "prof.": "professor", "rev.": "reverend", "capt.": "captain", "gen.": "general", "sgt.": "sergeant",
        "lt.": "lieutenant",
        "hon.": "honourable", "mt.": "mount", "ft.": "fort", "messrs.": "messers", "sra.": "señora",
        "srta.": "señorita",
        "avda.": "avenida", "c/": "calle", "pza.": "plaza", "av.": "avenida",
    },
    respelt={},
    symbols={
        "%": "percent", "€": "euros", "$": "dollars", "£": "pounds", "&": "and", "+": "plus", "=": "equals",
        "±": "plus or minus", "×": "by", "÷": "divided by", "≈": "approximately", "≥": "at least", "≤": "at most",
        "→": "to", "°": "degrees", "@": "at", "½": "a half", "¼": "a quarter", "¾": "three quarters", "√": "root of",
        "−": "minus", "≠": "not equal to", "§": "section",
    },
    months=MONTHS["en"],
    weekdays=WEEKDAYS["en"],
    month_short={
        "jan": 0, "feb": 1, "mar": 2, "apr": 3, "jun": 5, "jul": 6, "aug": 7, "sep": 8, "sept": 8, "oct": 9,
        "nov": 10, "dec": 11,
    },
    weekday_short={
        "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5,
        "sun": 6,
    },
    letters={letter: letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    spelled=frozenset((
        "ATM", "FAQ", "GPS", "HD", "ID", "PDF", "QR", "SMS", "SUV", "EU", "UK", "USA", "USB", "VIP", "VPN", "DVD",
        "DNI", "NIE",
        "VAT", "AI", "LED", "BBQ", "GMT", "CET", "EST", "PST", "AM", "PM", "UV",
    )),
    domains={
        "com": "com", "org": "org", "net": "net", "info": "info", "es": "E S", "eu": "E U", "mx": "M X", "io": "I O",
        "uk": "U K", "fr": "F R", "de": "D E", "it": "I T", "pt": "P T", "cat": "cat", "ar": "A R", "co": "co",
        "app": "app",
        "me": "me", "tv": "T V", "travel": "travel", "dev": "dev", "ai": "A I", "us": "U S", "pdf": "P D F",
        "html": "H T M L", "gov": "gov", "edu": "e d u", "online": "online", "gob": "gob", "cl": "C L",
    },
    kings=_KINGS,
    codes=frozenset((
        "code", "pin", "password", "passcode", "reference", "booking", "zip", "postcode", "extension", "ext",
        "confirmation",
        "passport", "flight",
    )),
    labels=frozenset(),
)  # fmt: skip
