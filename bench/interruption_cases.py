"""What guests say over an answer, in Spanish and English.

Lexicons and thresholds were chosen with the first lists, which hold two earlier held-out ones (7 and 4 of their 32
backchannels stopped her when they were first heard); the held-out ones are only measured.
"""

from dataclasses import dataclass
from typing import Literal

from bench.interruption_cases_fresh import FRESH_BACKCHANNELS, FRESH_INTERRUPTIONS

Kind = Literal["backchannel", "interruption", "noise", "echo"]
Listed = Literal["known", "held out", "fresh"]

VOICES = {
    "es": ("em_alex", "em_santa", "af_bella"),
    "en": ("af_heart", "am_michael", "bf_emma", "bm_george", "am_fenrir"),
}

QUESTION = {"es": "¿Me puede contar algo de la casa?", "en": "Could you tell me about the house?"}

ANSWERS = {
    "es": (
        "El desayuno se sirve de ocho a once en la terraza. Hay fruta de la huerta, pan del pueblo y café. "
        "Los domingos preparamos también tortilla y zumo de naranja.",
        "La casa tiene tres dormitorios y una cocina completa. Desde el jardín se llega al río por un camino corto. "
        "En verano se puede cenar fuera hasta muy tarde.",
    ),
    "en": (
        "Breakfast is served from eight to eleven on the terrace. There is fruit from the garden, and fresh bread and "
        "coffee. On Sundays we also make omelettes and orange juice.",
        "The house has three bedrooms and a full kitchen. From the garden a short path leads down to the river. "
        "In summer you can have dinner outside until very late.",
    ),
}

BACKCHANNELS = {
    "es": """
        Ajá.
        Sí.
        Vale.
        Eh.
        Claro.
        Ok.
        Ya.
        Sí, sí.
        Vale, vale.
        De acuerdo.
        Muy bien.
        Entiendo.
        Perfecto.
        Ah, vale.
        Ya veo.
        Ajá, ajá.
        Bien.
        Sí, claro.
        Qué bien.
        Bueno.
        Genial.
        Estupendo.
        Ajá, sí.
        Exacto.
        Claro, claro.
        Ah, sí.
        Por supuesto.
        Ah.
        Vale, perfecto.
        Está bien.
        Eso es.
        Ya, ya.
        Mm, sí.
        Fenomenal.
        Ah, muy bien.
        Sí, sí, sí.
        Ya, claro.
        Ah, qué bueno.
        Vale, sí.
        Entendido.
        Claro que sí.
        Mira qué bien.
        Okey.
        Ajá, ajá.
        Bien, bien.
        Desde luego.
        Sí, entiendo.
        Qué maravilla.
        Ah, ya.
        Uy, qué bien.
        Muy bien, sí.
        Claro, sí.
        Está claro.
        Sí, lo sé.
        Ah, estupendo.
        Perfecto, vale.
        Mmm, vale.
        De acuerdo, sí.
        Qué curioso.
        Sí, señor.
        Bueno, vale.
        Ah, genial.
        Comprendo.
        Suena bien.
        Ah, muy bien.
        Vale, gracias.
        Sí, sí, claro.
        Fantástico.
        Ah, pues genial.
        Qué lujo.
        Me encanta.
        Ya, entiendo.
        Mm, vale.
        Tiene sentido.
        Hala, qué bien.
        Eso está bien.
        Okey, perfecto.
        Uy, qué rico.
        No está mal.
        Bien, bien, bien.
    """,
    "en": """
        Uh-huh.
        Yeah.
        Right.
        Okay.
        Mm-hmm.
        Sure.
        Yes.
        I see.
        Got it.
        Yeah, yeah.
        Oh, nice.
        Great.
        All right.
        Mm.
        Cool.
        Of course.
        Okay, great.
        Yep.
        Sounds good.
        Lovely.
        Oh, okay.
        Right, right.
        Good.
        Exactly.
        Alright.
        Very good.
        Ah.
        Okay, okay.
        That's nice.
        Perfect.
        Yes, yes.
        Makes sense.
        Yeah, sure.
        Oh, I see.
        Mm, okay.
        Right, okay.
        Oh, great.
        Fantastic.
        Uh-huh, yeah.
        Sure, sure.
        Fair enough.
        That sounds lovely.
        Oh, wow.
        Understood.
        Yes, of course.
        Very nice.
        Good to know.
        Okay, yeah.
        Oh, cool.
        Yeah, I know.
        Right, yeah.
        Okay, got it.
        That's cool.
        Oh, that's nice.
        Mm-hmm.
        I see, yes.
        Alright then.
        Sure thing.
        Yes, yes.
        Ah, perfect.
        How interesting.
        Great, thanks.
        Okay, good.
        Nice one.
        Oh, very nice.
        Okay, thank you.
        Yeah, of course.
        Brilliant.
        Ah, that's lovely.
        What a treat.
        I love that.
        Right, I understand.
        Mm, okay.
        Fair point.
        Ooh, sounds lovely.
        That's all right.
        Okay, perfect.
        Yummy.
        Not bad.
        Good, good, good.
    """,
}

INTERRUPTIONS = {
    "es": """
        Espera.
        Espera, espera.
        No, no.
        Perdona, una pregunta.
        Para, por favor.
        Un momento.
        ¿Y cuánto cuesta?
        ¿Tienen piscina?
        Disculpe, ¿y el precio?
        No, eso no es lo que quería.
        ¿A qué hora es la salida?
        Quería saber si hay aparcamiento.
        Perdón, no le he oído.
        ¿Cómo?
        ¿Qué?
        Espere un segundo.
        Oiga, ¿y aceptan perros?
        Gracias, ya es suficiente.
        Vale, pero ¿cuánto cuesta?
        Sí, pero necesito una cuna.
        Prefiero otra cosa.
        Eso ya lo sé.
        ¿Puede repetir?
        No me interesa.
        Mejor dígame cómo se llega.
        ¿Hay wifi en la habitación?
        Stop.
        Basta, gracias.
        ¿Y los niños pagan?
        Quiero reservar para mañana.
        Somos cinco personas.
        Bueno, otra pregunta.
        Un segundito.
        Perdona que te corte.
        ¿Me lo puedes repetir?
        No hace falta, gracias.
        ¿Está lejos de la playa?
        Eso no me sirve.
        Pero yo vengo con un perro.
        ¿Se puede pagar con tarjeta?
        Déjalo.
        ¿Cuántas personas caben?
        Háblame más despacio.
        No, yo digo la otra casa.
        ¿Qué has dicho?
        Ya está bien.
        Cambiando de tema, ¿tenéis cuna?
        Quiero hablar con una persona.
        Un momentito, por favor.
        ¿Y cuánto cuesta eso?
        No me interesa.
        Quería preguntar otra cosa.
        ¿Tenéis parking?
        Para un segundo.
        Mejor dígame el precio.
        Esa no, la del centro.
        ¿A qué hora has dicho?
        Yo solo quiero una noche.
        Vale, pero ¿hay wifi?
        Necesito la dirección.
        Oye, otra pregunta.
        ¿Puedo llevar a mi perro?
        No, gracias, eso ya lo sé.
        Espera, que apunto.
        Perdona, ¿puedes empezar otra vez?
        ¿Hay ascensor?
        Somos cuatro adultos y un bebé.
        Dame el teléfono de recepción.
        ¿Cuál es la más barata?
        No hace falta que sigas.
        Mañana por la tarde llegamos.
        ¿Admitís mascotas?
        Quiero hablar con una persona.
        Con eso me basta.
        Háblame de la piscina.
        ¿Y si llueve?
        Prefiero la casa del río.
        Tengo prisa.
        ¿Dónde puedo aparcar?
        Mejor lo miro luego.
    """,
    "en": """
        Wait.
        Stop.
        Sorry, what was that?
        Hold on.
        No, no.
        Excuse me.
        How much is it?
        Do you have a pool?
        Actually, I have another question.
        That's not what I asked.
        What time is check-out?
        Can I bring my dog?
        One moment, please.
        What?
        Hang on a second.
        Is there any parking?
        Okay, but how much does it cost?
        Thanks, that's enough.
        I already know that.
        Could you repeat that?
        I'd rather talk about the price.
        No, I meant the other house.
        Please stop talking.
        Tell me how to get there.
        And what about the kids?
        I want to book for tomorrow.
        Is there wifi in the rooms?
        There are five of us.
        Never mind.
        Who are you?
        Yes, but is it expensive?
        Where is it exactly?
        Just a second.
        Let me stop you there.
        Could you say that more slowly?
        That's not important.
        How far is the beach?
        But I'm coming with a baby.
        Do you take credit cards?
        Forget it.
        How many people can sleep there?
        No, the other one.
        What did you say?
        I'd like to talk to a person.
        Can we change the subject?
        Is the kitchen shared?
        Listen, I only have a minute.
        When can I check in?
        Hang on a moment.
        How much is that?
        I'm not interested in that.
        I wanted to ask something else.
        Is there parking?
        Stop for a second.
        Just tell me the price.
        Not that one, the other.
        What time did you say?
        I only need one night.
        Okay, but is there wifi?
        I need the address.
        Hey, another question.
        Can I bring my dog?
        No thanks, I know that already.
        Wait, let me write that down.
        Sorry, could you start again?
        Is there a lift?
        We're four adults and a baby.
        Give me the phone number of reception.
        Which one is the cheapest?
        You don't have to go on.
        Tomorrow afternoon we arrive.
        Do you allow pets?
        Let me talk to a person.
        That will do.
        Tell me about the pool.
        And if it rains?
        I'd rather have the river house.
        We're in a hurry.
        Where can I park?
        Maybe I'll look later.
    """,
}

HELD_OUT_BACKCHANNELS = {
    "es": """
        Sí.
        Sí, sí.
        Sí, sí, sí.
        Ajá.
        Ajá, sí.
        Ajá, ajá.
        Vale.
        Vale, vale.
        Ah, vale, vale.
        Ah, vale.
        Vale, sí.
        Sí, vale.
        Vale, perfecto.
        Vale, muy bien.
        Okay.
        Ok, ok.
        Ah, okay.
        Okay, sí.
        Mhm.
        Mm, sí.
        Mmm, vale.
        Ajá, okay.
        Claro.
        Claro, claro.
        Sí, claro.
        Claro que sí.
        Perfecto.
        Ah, perfecto.
        Perfecto, perfecto.
        Muy bien.
        Bien, bien.
        Ah, muy bien.
        Ah, ya.
        Ya, ya.
        Ya veo.
        De acuerdo.
        Entiendo.
        Ah, sí, entiendo.
        Genial.
        Ah, qué bien.
        Estupendo.
        Órale.
        Ah, órale, muy bien.
        Sale, sale.
        Ándale, sí.
        Anda, qué bonito.
        Uy, qué rico.
        Mira qué bien.
        Fíjate, no lo sabía.
        Ah, pues no está nada mal.
    """,
    "en": """
        Yeah.
        Yeah, yeah.
        Oh, yeah.
        Yep.
        Yes.
        Yes, yes.
        Yeah, okay.
        Okay.
        Okay, okay.
        Oh, okay.
        Ah, okay.
        Okay, yeah.
        Okay, great.
        Okay, cool.
        Okay, good.
        Mm-hmm.
        Mhm, mhm.
        Mm-hmm, yeah.
        Uh-huh.
        Uh-huh, okay.
        Mm.
        Hmm, okay.
        Right.
        Right, right.
        Right, okay.
        Yeah, right.
        Ah, right.
        Sure.
        Yeah, sure.
        Of course.
        Great.
        Oh, great.
        Perfect.
        Oh, perfect.
        Lovely.
        Oh, lovely.
        That's lovely, yeah.
        Nice.
        Oh, nice.
        I see.
        Ah, I see, I see.
        Got it.
        Okay, got it.
        Sounds good.
        Fair enough.
        Brilliant.
        Oh wow.
        Ooh, fancy.
        Well, that's handy.
        Can't argue with that.
    """,
}

HELD_OUT_INTERRUPTIONS = {
    "es": """
        Perdona, ¿cuánto has dicho que cuesta?
        Espera, espera, no te he oído bien.
        Oye, ¿y el desayuno está incluido?
        Disculpe, ¿me puede repetir el horario?
        No, no, te he preguntado por el aparcamiento.
        Vale, pero ¿admitís perros?
        Sí, pero es que llegamos a las once de la noche.
        Vale, ¿y la piscina está climatizada?
        Okay, ¿y cuánto sería por tres noches?
        Ajá, ¿y aceptan mascotas?
        Claro, pero yo quería una habitación doble.
        Perfecto, pues resérvame esa.
        Muy bien, ¿y cómo llego desde la estación?
        Ya, pero eso es muy caro.
        Sí, a nombre de Marta Lozano.
        ¿A qué hora es la salida?
        ¿Hay alguna con vistas al mar?
        ¿Tienen estacionamiento?
        No, eso no es lo que quería saber.
        No me interesa la terraza, gracias.
        Prefiero hablar con una persona.
        ¿Me pasas con recepción, por favor?
        Somos cuatro adultos y un bebé.
        Sería del doce al quince de agosto.
        Mejor dime los precios.
        Quiero cancelar mi reserva.
        ¿Cómo dice?
        ¿Qué, qué has dicho?
        ¿Puede hablar más despacio?
        No, del sábado, no del domingo.
        Espérame tantito, voy por un papel.
        Un momento, que lo apunto.
        Perdón, me equivoqué, era para septiembre.
        Disculpa, ¿eso es por persona o por noche?
        Oiga, señorita, ¿y si cancelo me devuelven el dinero?
        Para, para, que eso ya lo sé.
        Bueno, da igual, ya llamaré luego.
        Bueno, gracias, hasta luego.
        Nada, gracias, adiós.
        Es que viajamos con un gato.
        ¿Y si llego después de medianoche?
        ¿Y eso lleva impuestos o aparte?
        Mi número es el seis cinco cuatro, doce, treinta y tres.
        Perdona que te corte, ¿tenéis cuna?
        No, no, sin desayuno.
        Ah, vale, entonces no nos sirve.
        Con eso me basta, gracias.
        Otra pregunta, ¿se puede fumar en la terraza?
        ¿Bueno? ¿Me escucha?
        Espera, ¿has dicho ochenta o noventa?
    """,
    "en": """
        Sorry, how much was that again?
        Wait, is that per person or per night?
        Hang on, let me get a pen.
        Hold on, I said two rooms, not one.
        Excuse me, could you repeat the check-in time?
        Yes but do you take dogs?
        Yeah but we're arriving really late.
        Okay and how much is the double?
        Okay, so where do I park?
        Right, but is breakfast included in that?
        Great, can I book that one then?
        Sure, but what if I need to cancel?
        Got it, and what about the pool?
        Okay, that's too expensive for us.
        Yeah, it's under the name Harrison.
        Mm, no, that won't work.
        What time is checkout?
        Is there a room with a sea view?
        Do you have anything on the ground floor?
        Can I talk to a real person?
        Could you put me through to reception, please?
        No, I meant the parking, not the pool.
        No, no, Saturday the fourteenth.
        I don't need breakfast.
        There are five of us, two adults and three kids.
        It's for the third to the sixth of June.
        My number is oh seven seven, double four, one nine.
        I'd rather have the one with the terrace.
        Just tell me the price, please.
        What was that?
        Pardon, which floor?
        Say that again?
        Can you speak a bit slower?
        How far is it from the airport?
        And is the pool heated?
        Is there somewhere to charge an electric car?
        Actually, I wanted to change my booking.
        Actually, never mind, I'll look online.
        Sorry to interrupt, do you have a cot?
        Sorry, I can't hear you very well.
        Wait, did you say fifteen or fifty?
        Stop, I already know all that.
        That's not what I asked.
        That's all I needed, thanks, bye.
        Okay, thank you, goodbye.
        I've got to go, I'll call you back.
        Let's talk about cancellation instead.
        What if our flight gets delayed?
        Um, could we bring our cat?
        Hello? Are you still there?
    """,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One remark: who says what in which language."""

    kind: Kind
    language: str
    voice: str
    text: str


def lines(kind: Kind, listed: Listed = "known", first: int | None = None) -> list[Line]:
    """The remarks of a kind, or the first of each language; each language's voices take turns."""
    remarks = {
        ("backchannel", "known"): BACKCHANNELS,
        ("backchannel", "held out"): HELD_OUT_BACKCHANNELS,
        ("backchannel", "fresh"): FRESH_BACKCHANNELS,
        ("interruption", "known"): INTERRUPTIONS,
        ("interruption", "held out"): HELD_OUT_INTERRUPTIONS,
        ("interruption", "fresh"): FRESH_INTERRUPTIONS,
    }[kind, listed]
    return [
        Line(kind, language, VOICES[language][number % len(VOICES[language])], text.strip())
        for language, texts in remarks.items()
        for number, text in enumerate([line for line in texts.split("\n") if line.strip()][:first])
    ]


def which(*, held_out: bool, fresh: bool) -> Listed:
    """The lists that a command line asks for."""
    return "fresh" if fresh else "held out" if held_out else "known"
