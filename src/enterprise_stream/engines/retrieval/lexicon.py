"""Words that carry no subject, and patterns that give a kind of utterance away; Spanish and English together.

All are meant for folded words with digits (see `text`).
"""

import re


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


EMPTY = _words(
    "alquilar alquilo alquilamos",
    "around habra habran sera anyone cualquiera",
    "llamaba calling called preguntar preguntaba consultar question ask preguntarle entran entrar surge comes up",
    "llamo llama llaman nombre nombres name names named called under seriamos seremos",
    "dice dicen ensename ensene ensenar ensenen muestreme muestra show genial estupendo fantastico great lovely "
    "perfect",
    "mil million right own dejarian oye apunteme apunta suits suit after asks asking ask pay pagar pagamos pagaria",
    "pagariamos piden pide quieren wants",
    "per each either neither both mine ours yours aun aunque mientras hola pues e u oh ah eh tengan tenga haya "
    "hayan podamos",
    "seria serian sean estaria estarian llegamos llegar llego llegando vengan volver pensamos pienso pensando "
    "planeamos",
    "planning plan arrive arriving thinking think visiting visit trip travel travelling traveling viaje viajar "
    "viajamos",
    "teneis podeis ofreceis aceptais admitis dejais vuestro vuestra vuestros vuestras vosotros vosotras os",
    "sabeis haceis estais sois quereis cobrais alquilais dejan alquilan hubiera tendreis podriais sabria anda "
    "andan oye venga",
    "got gonna wanna guys kindly actually maybe perhaps quick question wondering wonder hope supposed able",
    "a about ahi ahora al algo alguien algun alguna alguno algunos all alla alli allowed also am an and another",
    "ante any anybody anything aquel aqui are aren as at be been being bien bit bring buenas bueno buenos but by",
    "cada can cerca claro come coming como con contra cosa cosas could cual cuales cuando cuanta cuantas cuanto",
    "cuantos cuentame cuente cuenteme d da dan dar de decir decirme deja dejar del deme desde dias did diga",
    "digame dime do does doesn doing don donde done e each el ella ellos en entonces entre era es esa esas ese",
    "eso esos esta estamos estan estar estas este esto estos estoy every everything extra far favor find for from",
    "fue get give go going got gracias gustaria ha haber habia hablando hablo habria hace hacer hacia had hago",
    "han has hasta have hay he hello hemos her here hey hi him his hola how i if in include included includes",
    "incluida incluido incluidos incluye incluyen into ir is isn it its just kind know la las le lejos les let",
    "like little ll llevar lo look looking los luego m made make many mas may me menos mi might mire mis misma",
    "mismo more most much must muy my nada nadie near nearby necesitamos necesito need ni no noches nos nosotras",
    "nosotros not o of offer ofrece ofrecen ofrezca oiga ok okay on one ones only or os other otra otro our oye",
    "para pasa perdon perdone permite permiten permitida permitido pero please poco podemos poder podria",
    "podriamos podrian pone ponen poner por porque posible possible pueda puedan puede pueden puedo pues put que",
    "quedar queremos queria querria quien quienes quieres quiero quisiera re really s sabe saber sabes same se",
    "segun ser sera seria serian shall she should si sin so sobre sola solo some somebody something somos son",
    "sorry soy speaking su sure sus t take talking tambien tampoco tan tanto tardes te tell tendria tenemos tener",
    "tengo tenia than that the their them then there these they thing things this those tiene tienen tipo to toda",
    "todas todo todos too traer tras tu tus u un una unas unos us usted ustedes vale vamos van ve vengo venimos",
    "ver very viene vienen voy want was we well were what when where which who whom whose why will with without",
    "would y ya yes yo you your",
)
"""Words that say nothing about what is asked; what is left of a question without them is its subject."""


FILLER = re.compile(r"^(?:(?:e+h*|u+h+|u+m+|m+|hm+|a+h+|o+h+|este|pues|bueno|well|so|er+|la)\s*)+$")

YES = re.compile(
    r"^(?:(?:si|claro|vale|ok|okay|correcto|exacto|perfecto|eso|bien|muy|adelante|confirmo|confirmado|confirmar|"
    r"confirme|confirmelo|yes|yeah|yep|sure|right|correct|exactly|perfect|great|fine|absolutely|confirm|"
    r"confirmed|sounds|good|go|ahead|please|por favor|de acuerdo|esta|es|asi|that s|that is|it|is|s|all|that|of "
    r"course|por supuesto|desde luego|todo|do|lo|gracias|thanks|thank you|genial|estupendo|i|confirmela|"
    r"reservela|resérvela|hagalo|pregunte|pregunteles|preguntelo)\b\s*)+$"
)

YES_HEAD = re.compile(
    r"\b(?:si|claro|vale|ok|okay|correcto|exacto|perfecto|eso es|adelante|confirm\w*|yes|yeah|yep|sure|right|"
    r"correct|exactly|perfect|great|fine|absolutely|sounds good|go ahead|de acuerdo|of course|por supuesto|"
    r"please|bien|genial|pregunt\w+)\b"
)

NO = re.compile(
    r"^(?:pues |ah |uy |oh |ay )?(?:no|nope|incorrecto|wrong|not|mal|perdon no|sorry no|actually|en realidad)\b"
)

NO_ONLY = re.compile(
    r"^(?:(?:no|nope|gracias|thanks|thank you|esta|bien|that s|it|s|is|not|right|correct|correcto|eso|es|nada|"
    r"mas|asi|all|nothing|wrong|mal|incorrecto|hace|falta|need|ok|okay|vale)\b\s*)+$"
)

PRICE = re.compile(
    r"\b(?:cuanto (?:\w+ ){0,3}?(?:cuesta|cuestan|vale|valen|valdria|valdrian|costaria|costarian|sale|saldria|"
    r"seria|serian|es|son|cobran|cobrais|cobra|pago|pagaria|pagamos|cobrarian|piden|me va|nos va|va a costar|costara|"
    r"saldra|cuestan)|cuanto cuesta|cuanto (?:el|la|por)\b|precios?|tarifas?|cuesta|cuestan|coste|costaria|a "
    r"como|a cuanto|por cuanto|cobran|cuanto (?:seria|serian|sale|saldria|es|son|vale|dinero)|que (?:vale|"
    r"cuesta|valdria|costaria)|how much|prices?|rates?|costs?|nightly|charge|set (?:me|us) back|per night|la "
    r"noche|por noche|a night in|what s a night|what would)\b"
)

CHEAPEST = re.compile(
    r"\b(?:best (?:value|price|deal)|mejor (?:de )?precio|cuesta menos|costs? (?:the )?least|(?:mas|"
    r"lo mas) (?:barat[oa]s?|economic[oa]s?|asequible)|cheapest|least expensive|most (?:affordable|"
    r"economical)|lowest price|menor precio)\b"
)

DEAREST = re.compile(r"\b(?:mas (?:car[oa]s?)|most expensive|dearest|priciest)\b(?! (?:en|in|ir|to)\b)")

TOTAL_WORDS = _words(
    "lista list baratito baratita pagariamos",
    "affordable barata barato cara caro charge cheap cheapest cobran cost costaria coste costs cuesta cuestan",
    "days dia economico euros expensive night nightly nights noche noches precio precios price prices rate rates",
    "saldria sale semana semanas tarifa tarifas total valdria valdrian vale valen week weeks",
)
"""Words of a price that is asked for."""


PLACES = _words(
    "advise advises aconseja aconsejan aconsejaria sugiere sugieren suggest",
    "viviendas vivienda accommodation accommodations lodging lodgings alojarse turistas",
    "quedarme quedarse alojarme hospedarme hospedarnos alojar",
    "about abril adultos adults agosto alojamiento alojamientos alojarnos amigos apartamento apartamentos",
    "apartment apartments april august back bedrooms boyfriend buscamos busco cabe cabemos caben cambia cambio",
    "capacidad capacity casa casas children cobrarian costarian couple cuantas cuantos cuenteme december describa",
    "details detalles diciembre domingo dormir dormitorio dormitorios enero familia family febrero february fin",
    "finde fit fits flat flats friday friends gente girlfriend group grupo guests habitaciones hableme house",
    "houses hoy huespedes husband informacion information ira iremos january jueves julio july june junio kids",
    "lugar lugares lunes manana march marido martes marzo max maximo maximum mayo mes miercoles monday month",
    "mujer next nino ninos november novia noviembre novio numero ocho october octubre opcion opciones option",
    "options pareja people person persona personas persons piso pisos place places plazas proxima proximo",
    "quedarnos recomendaria recomienda recomiendan recomiende recommend rent rental room rooms sabado sale",
    "saturday seis september septiembre seremos set sitio sitios sleep sleeps somewhere stay sunday tal tell",
    "thursday today tomorrow tuesday venir viernes wednesday weekend wife",
)
"""Words about staying somewhere, about who comes and when."""


CAPACITY = re.compile(
    r"\b(?:cabemos|caben|cabe|quepan|cabriamos|capacidad|plazas|para cuant[oa]s|cuant[oa]s (?:personas|"
    r"huespedes|somos|caben)|cuanta gente|fit|fits|sleep|sleeps|capacity|how many (?:people|guests|persons|of "
    r"us|does|can)|room for|stay in)\b"
)

WANTS_PLACE = re.compile(
    r"\b(?:apartamentos?|pisos?|alojamientos?|casas?|sitio|algo|alguno|opciones|recomiend\w+|ofrec\w+|"
    r"necesit\w+|busc\w+|donde|tienen|tienes|hay|somos|seremos|venimos|vamos|para|y|apartments?|flats?|places?|"
    r"something|anything|options?|recommend|offer|need|looking|where|have|room|we are|we re|there are|there s|"
    r"for|and|it s|of us)\b"
)

PLACE = re.compile(
    r"\b(?:apartamentos?|pisos?|alojamientos?|casas?|apartments?|flats?|places?|houses?|somewhere|alojarnos|"
    r"quedarnos)\b"
)

WHICH_PLACES = re.compile(
    r"\b(?:que|cual(?:es)?|cuant[oa]s|what|which|how many|your)\b[\w ]{0,18}\b(?:apartamentos|pisos|alojamientos|casas|"
    r"apartments|flats|places|houses|options|opciones|viviendas|accommodation|lodgings)\b"
)
ON_OFFER = _words(
    "disponible disponibles available total catalogo lista list portfolio alquiler alquileres rent rentals"
)
"""Words that a question about everything on offer may hold besides."""

BEDROOMS = re.compile(r"\b(?:habitacion(?:es)?|dormitorios?|cuartos|bedrooms?|rooms)\b")

ABOUT = re.compile(
    r"\b(?:como es|como son|que tal es|hable\w*|habla\w*|cuente\w*|cuenta\w*|describ\w+|informacion|detalles|"
    r"que tiene|que incluye|caracteristicas|tell me (?:more )?about|like|describe|information|details|more "
    r"about|what about)\b"
)

BOOK = re.compile(
    r"\b(?:(?:quiero|quisiera|querria|queria|queremos|querriamos|gustaria|puedo|podria|podemos|podriamos|"
    r"necesito|vamos a|voy a|deseo|me puede|puede|para|quisieramos) (?:\w+ ){0,3}?(?:reserv\w+)|resérvame|"
    r"reserv(?:eme|enos|ame|anos|elo|ela|amelo)|hacer (?:una|la|mi) reserva|una reserva(?: para| del| de)|"
    r"^reservar?\b|^reserva\b|tomar una reserva|me lo quedo|me la quedo|reservamos|(?:want|like|love|need|can|"
    r"could|may|to|please|ll) (?:i |we |you )?(?:to )?(?:\w+ ){0,2}?(?:book|reserve)|(?:make|making|place) (?:a "
    r"|the |my )?(?:\w+ )?(?:booking|reservation)|^(?:please )?(?:book|reserve)\b|(?:a|the) (?:booking|"
    r"reservation) for|i ll take (?:it|the))\b"
)

BOOK_ANY = re.compile(r"\b(?:reserv\w+|book|booking|reservation)\b")

WITH = re.compile(r"\b(?:con|with|y|and|mas|plus)\b")

BOOK_NOT = re.compile(
    r"\b(?:como (?:se |puedo |hago |funciona |va )?(?:\w+ )?(?:una |la )?reserv\w+|que (?:necesit\w+|datos|hace "
    r"falta)|tengo (?:ya )?una reserva|mi reserva|(?:ya )?(?:he|hemos|hice|hicimos) (?:\w+ )?(?:reserv\w+|una "
    r"reserva)|cancel\w+|anul\w+|how (?:do|can|does|long)|what (?:do|is|s) (?:you |needed|i )|have a (?:booking|"
    r"reservation)|my (?:booking|reservation)|i (?:already )?(?:booked|reserved)|mesa|table|restaurant\w*|antes "
    r"el|parking|garaje|desayuno)\b"
)

STOP_BOOKING = re.compile(
    r"\b(?:dejel[oa]|deja(?:l[oa]|me)|olvidel[oa]|olvidal[oa]|ya no (?:quiero|queremos)|no (?:quiero|queremos) "
    r"(?:ya )?reservar|cancel\w*|anul\w+|mejor no|prefiero no|no reserve|never ?mind|forget (?:it|about)|don t "
    r"want to (?:book|reserve)|changed my mind|he cambiado de (?:idea|opinion)|rather not|stop (?:the )?booking|"
    r"leave it|no importa|no sigamos)\b"
)

REPEAT = re.compile(
    r"\b(?:repet\w+|repit\w*|otra vez|de nuevo|que (?:me )?(?:ha |has )?(?:dicho|dijo|"
    r"dijiste|dice)|no (?:le |te |la |lo )?(?:he )?(?:oido|oigo|entendi|escuche|escuchado)|repeat|say (?:that|"
    r"it) again|again|pardon|come again|what did you say|didn t (?:catch|hear|get)|say that)\b"
)

REPEAT_NOT = re.compile(r"\b(?:conmigo|after me)\b")

REFUSE = re.compile(
    r"\b(?:(?:ignor\w+|olvid\w+|forget|disregard|override|bypass|salta\w*)\b[\w ]{0,25}\b(?:instruc\w+|"
    r"anterior\w*|previ\w+|above|prompts?|rules|reglas|todo lo|everything|ordenes|normas|guidelines)|prompts?|"
    r"system message|act(?:ua|ue|uar)? (?:como|as|like)|pretend\w*|finge|fingir|finja|imagina que eres|imagine "
    r"you|haz(?:me|te)? (?:de|pasar|como)|hagase|roleplay|role play|a partir de ahora|from now on|eres (?:un|"
    r"una) (?:pirata|gato|hacker)|you are now|ahora eres|be a pirate|talk like|speak like|habla como|jailbreak|"
    r"developer mode|modo (?:desarrollador|dios)|chistes?|jokes?|poemas?|poems?|cancion|sing|song|canta\w*|"
    r"(?:un|otro) cuento|bedtime|story|historia de miedo|repite conmigo|repeat after me|di que|say that you|"
    r"python|javascript|java|html|programming|programacion|codigo (?:fuente|en|de programacion)|source code|"
    r"write (?:me )?(?:a|an|some)|escrib\w+ (?:un|una)|vot\w+|eleccion(?:es)?|elections?|politic\w*(?! de)|"
    r"presidente|president|trump|partido politico|gobierno|government|dios|religion|god|traduc\w+|translate|"
    r"reveal|revela\w*|password|contrasena|api key|deberes|homework|ensayo|essay|chatgpt|openai|modelo de "
    r"lenguaje|language model|gpt|novia|girlfriend of yours|casarte|marry me|te quiero|i love you|hack\w*|"
    r"bomb\w*)\b"
)

DISCOUNT = re.compile(r"\b(?:descuento|rebaja|discount|cheaper|gratis la|free villa)\b")

BROKEN = re.compile(
    r"\b(?:(?:don t|do not|haven t) (?:have|got) (?:any )?(?:hot )?(?:water|power|electricity|heating|light)|"
    r"no (?:me |nos |le |se )*(?:funciona\w*|va\b(?! a)|van\b(?! a)|enciende|encienden|arranca|sale "
    r"(?:agua|nada)|saca|enfria|calienta|abre|abren|cierra|carga|puedo abrir|podemos abrir|puedo entrar|podemos "
    r"entrar|conecta|tira|traga|desagua|responde)|rot[oa]s?\b|romp\w+|averiad[oa]|averia|estropea\w+|fuga|"
    r"gotera|gotea|atascad[oa]|inund\w+|se ha ido la (?:luz|corriente)|se fue la luz|sin (?:luz|agua|internet|"
    r"corriente)|no (?:hay|tenemos|tengo) (?:agua|luz|electricidad|corriente|internet|wifi)|huele a gas|olor a "
    r"gas|cucarachas?|suci[oa]|(?:doesn|don|isn|aren|won|wont|can|didn|not) (?:t )?(?:\w+ )?(?:work\w*|turn on|"
    r"turning on|cool\w*|heat\w*|open|start|drain|flush|connect|lock|load)|broken|broke|break|leak\w*|dripping|"
    r"flood\w*|clogged|blocked|out of order|power (?:went|is|just|has)|no (?:hot )?(?:water|power|electricity|"
    r"heating)|no internet|stopped working|is down|went off|smell of gas|smells? of gas|dirty|cockroach\w*|"
    r"locked out|stuck)\b"
)

BROKEN_NOT = re.compile(
    r"^(?:hay (?!un|una|unas|unos|algo|agua|mucha|cucarachas|olor)|tienen|is there|do you|are there|"
    r"does the (?:penthouse|loft|villa|studio)|can (?:i|we)|se puede|"
    r"puedo|podemos)\b"
)

GREETING = re.compile(
    r"\b(?:encantad[oa](?: de conocer\w+)?|mucho gusto|(?:pleased|nice) to meet you|hola|ola|buenas|buenos dias|"
    r"buen dia|buenas tardes|buenas noches|muy buenas|saludos|(?:hello|"
    r"hi|hey)(?: there)?|good (?:morning|afternoon|evening|day)|greetings)\b"
)

THANKS = re.compile(
    r"\b(?:muchas gracias|mil gracias|gracias|thank you|thanks|cheers|much appreciated|muy amable|that s kind|"
    r"agradec\w+)\b"
)

GOODBYE = re.compile(
    r"\b(?:adios|hasta (?:luego|pronto|manana|la vista|otra)|chao|chau|nos vemos|que tenga|bye|goodbye|good "
    r"night|see you|have a (?:good|nice|lovely)|farewell|buenas noches y)\b"
)

HOW_ARE_YOU = re.compile(
    r"\b(?:que tal(?: esta| estas| va| todo| el dia)?|como (?:esta|estas|le va|te va|anda)(?: usted| hoy| "
    r"sandra)?|how (?:are|re) you|how s it going|how do you do|how is your day)\b"
)

WHO = re.compile(
    r"\b(?:quien (?:eres|es usted)|con quien (?:hablo|estoy hablando|tengo el gusto)|como (?:te llamas|se llama "
    r"usted)|cual es (?:tu|su) nombre|who (?:are you|am i|is this|s this)|what(?: is| s) your name|tell me your "
    r"name)\b"
)

ARE_YOU_AI = re.compile(
    r"\b(?:eres|es usted|es esto|hablo con|hablando con|sos|are you|am i (?:talking|speaking) (?:to|with)|is "
    r"this|this is|you re)\b[\w ]{0,20}\b(?:robot|maquina|inteligencia artificial|artificial intelligence|bot|"
    r"chatbot|ordenador|computadora|computer|grabacion|contestador|recording|persona(?: real| de verdad)?|"
    r"humana?|humano|human|real|person|ia|ai|machine)\b"
)

COUNTED = re.compile(r"\b(?:cuant[oa]s|how many) (\w+)")

WHO_ELSE = re.compile(r"^(?:y |and )?(?:quien|who)\b")

QUESTION = re.compile(
    r"[?¿]|^(?:y |and |oiga |pero |but |por cierto |by the way )*(?:cuant|que |donde|como|cual|cuando|hay |"
    r"tienen|se puede|puedo|admiten|how |what|where|when|which|is |are |do |does |can |could )"
)

FOLLOW_UP = re.compile(r"^(?:y|e|and|pero|but|o|or|what about|how about|que tal|tambien|entonces|so)\b")
