"""What is said in the speech that the recogniser is measured on.

`SENTENCES` are spoken by Kokoro voices other than Sandra's. `RECORDINGS` are prompts recorded by a person for the
Debian packages `asterisk-core-sounds-es-g722` and `-en-g722` (CC BY-SA 3.0; 16 kHz, G.722). The English text is the
one published with them. The Spanish packages carry no text: it was written down for this bench from what the model
heard in a full window, put right by sense, and prompts whose wording stayed in doubt were left out. If that favours
one way of running the model, it is the full window.
"""

SENTENCES: dict[str, tuple[str, ...]] = {
    "es": (
        "¿Cuánto vale el loft para dos noches en septiembre?",
        "Buenas tardes, llamaba para preguntar si el estudio está libre el fin de semana.",
        "¿Se puede fumar en la terraza del ático?",
        "Queremos ir a la playa andando, ¿cuál de los apartamentos está más cerca?",
        "Llegamos muy tarde, hacia la medianoche, ¿cómo recogemos las llaves?",
        "No, perdona, quería decir el quince de mayo.",
        "Se ha roto la lavadora y hay agua por todo el suelo.",
        "¿El precio incluye la limpieza y las toallas?",
        "Somos seis, cuatro adultos y dos niñas.",
        "¿Hasta cuándo puedo cancelar sin pagar nada?",
        "Vale, perfecto.",
        "¿Hay buena conexión a internet para trabajar?",
        "Me llamo Javier Domínguez y quiero cambiar las fechas de mi reserva.",
        "¿Y si llevamos dos gatos?",
        "¿Qué nos recomiendas para comer una buena paella sin gastar demasiado?",
        "Pues no sé, lo tengo que hablar con mi mujer y os llamo mañana.",
        "¿Dónde se coge el metro para ir al aeropuerto?",
        "Gracias, eso es todo.",
        "¿Tiene ascensor el edificio? Mi madre va en silla de ruedas.",
        "Quiero la casa con piscina para la segunda semana de agosto, si queda algo.",
    ),
    "en": (
        "How much would the loft be for two nights in September?",
        "Good afternoon, I was calling to ask whether the studio is free this weekend.",
        "Can we smoke on the terrace of the penthouse?",
        "We want to walk to the beach, which of the apartments is the closest?",
        "We arrive very late, around midnight, how do we pick up the keys?",
        "No, sorry, I meant the fifteenth of May.",
        "The washing machine broke and there is water all over the floor.",
        "Does the price include cleaning and towels?",
        "There are six of us, four adults and two girls.",
        "Until when can I cancel without paying anything?",
        "Okay, perfect.",
        "Is the internet connection good enough for work?",
        "My name is Jonathan Price and I want to change the dates of my booking.",
        "What if we bring two cats?",
        "Where would you recommend a good paella that isn't too expensive?",
        "Well, I don't know, I have to talk to my wife and I'll call you tomorrow.",
        "Where do we take the metro to the airport?",
        "Thank you, that's all.",
        "Does the building have a lift? My mother uses a wheelchair.",
        "I want the house with the pool for the second week of August, if there is anything left.",
    ),
}

RECORDINGS: dict[str, dict[str, str]] = {
    "es": {
        "vm-intro": "Por favor, deje su mensaje después del tono. Al terminar, cuelgue o presione la tecla de número.",
        "queue-periodic-announce": "Todos nuestros representantes se encuentran ocupados. Por favor, espere y pronto "
        "le atenderemos.",
        "agent-newlocation": "Por favor, ingrese una nueva extensión seguida por la tecla de número.",
        "ss-noservice": "El número que usted ha marcado está fuera de servicio. Por favor, verifique el número y "
        "vuelva a intentar.",
        "followme/sorry": "Lo siento, pero no logré encontrar a la persona que usted busca.",
        "conf-onlyone": "Actualmente solo hay otro participante en la conferencia.",
        "privacy-unident": "La persona que usted desea llamar no acepta llamadas no identificadas.",
        "vm-mismatch": "Las contraseñas que usted tecleó no coinciden.",
        "vm-nobodyavail": "En este momento nadie está libre para responder a su llamada.",
        "agent-alreadyon": "Ese agente ya ha sido autenticado. Por favor, ingrese su número de agente seguido por la "
        "tecla de número.",
        "conf-waitforleader": "La conferencia comenzará cuando llegue el líder.",
        "demo-echodone": "La prueba del eco ha sido completada.",
        "vm-newuser": "Bienvenido al correo de voz. Primero le guiaré a través de un proceso de configuración.",
        "tt-allbusy": "Todos los representantes de la casa se encuentran ocupados asistiendo a otros vendedores por "
        "teléfono. Por favor, espere y su llamada será atendida en el orden que fue recibida.",
        "conf-noempty": "Por el momento no hay conferencias vacías.",
        "agent-pass": "Por favor, ingrese su contraseña seguida por la tecla de número.",
        "auth-incorrect": "Contraseña incorrecta. Por favor, ingrese su contraseña seguida por la tecla de número.",
        "conf-getpin": "Por favor, ingrese la clave de entrada para la conferencia.",
        "conf-invalid": "Número de conferencia inválido. Por favor, intente de nuevo.",
        "confbridge-only-participant": "Usted es actualmente el único participante en la conferencia.",
        "followme/pls-hold-while-try": "Por favor, espere mientras intento enlazar su llamada.",
        "privacy-prompt": "Por favor, introduzca su número de teléfono empezando con la clave lada.",
        "queue-youarenext": "Su llamada es la primera en línea y será atendida por el próximo representante.",
        "vm-enter-num-to-call": "Por favor, marque el número que desea llamar.",
        "vm-passchanged": "Sus contraseñas han sido cambiadas.",
        "agent-incorrect": "Clave incorrecta. Por favor, ingrese su número de agente seguido por la tecla de número.",
        "vm-instructions": "Presione el número uno para escuchar sus mensajes. Presione la tecla de número para "
        "terminar en cualquier momento.",
        "priv-callpending": "Tengo una persona esperando que se llama.",
    },
    "en": {
        "agent-alreadyon": "That agent is already logged on. Please enter your agent number followed by the pound key.",
        "queue-periodic-announce": "All of our representatives are currently busy. Please stay on the line and your "
        "call will be answered by the next available representative.",
        "conf-onlyone": "There is currently one other participant in the conference.",
        "ss-noservice": "The number you have dialed is not in service. Please check the number and try again.",
        "followme/sorry": "I'm sorry, but I was unable to locate the person you are calling.",
        "privacy-unident": "The party you are trying to reach does not accept unidentified calls.",
        "conf-waitforleader": "The conference will begin when the leader arrives.",
        "demo-echodone": "The echo test has been completed.",
        "tt-allbusy": "All representatives of the household are currently assisting other telemarketers. Please hold "
        "and your call will be answered in the order it was received.",
        "conf-noempty": "No empty conferences currently exist.",
        "tt-weasels": "Weasels have eaten our phone system.",
        "dir-nomatch": "No directory entries match your search.",
        "conf-kicked": "You have been kicked from this conference.",
        "invalid": "I am sorry, that's not a valid extension. Please try again.",
        "pbx-invalidpark": "I am sorry, there is no call parked on that extension. Please try again.",
        "agent-pass": "Please enter your password followed by the pound key.",
        "auth-incorrect": "Password incorrect. Please enter your password followed by the pound key.",
        "conf-invalid": "That is not a valid conference number. Please try again.",
        "conf-onlyperson": "You are currently the only person in this conference.",
        "conf-placeintoconf": "You will now be placed into the conference.",
        "dir-nomore": "There are no more compatible entries in the directory.",
        "priv-recordintro": "At the tone, please say your name.",
        "privacy-prompt": "Please enter your phone number, starting with the area code.",
        "queue-youarenext": "Your call is now first in line and will be answered by the next available representative.",
        "transfer": "Please hold while I try that extension.",
        "conf-userswilljoin": "Users will join the conference.",
        "demo-nomatch": "I'm sorry, there are no matches for those keywords.",
        "queue-thankyou": "Thank you for your patience.",
    },
}
