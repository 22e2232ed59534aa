"""More that guests say over an answer: written before anything was changed for it, only measured.

Common remarks are there as often as they are said, so some are also in the other lists.
"""

FRESH_BACKCHANNELS = {
    "es": """
        Ajá.
        Sí.
        Vale.
        Mmm.
        Claro.
        Sí, sí.
        Ah, vale.
        Qué bien.
        Ya.
        Okey.
        Ajá, ajá.
        Perfecto.
        Ah, muy bien.
        Uy, qué rico.
        Vale, vale.
        Mhm.
        Sí, claro.
        Ya, ya.
        Qué bonito.
        Genial.
        Ah, mira.
        Estupendo.
        Entiendo.
        Hala, qué bien.
        De acuerdo.
        Sí, ya veo.
        Anda, qué bueno.
        Eso es.
        Qué maravilla.
        Bien, bien.
        Ah, sí.
        Órale.
        Me encanta.
        Vale, genial.
        Qué ilusión.
        Ya veo.
        Oh.
        Suena bien.
        Ah, fenomenal.
        Buenísimo.
        Mmm, qué rico.
        Perfecto, perfecto.
        Ok, ok.
        Qué gusto.
        Ah, pues muy bien.
        Qué chulo.
        Sí, me lo imagino.
        Guau.
        Uf, qué hambre.
        Ah, como en casa.
    """,
    "en": """
        Mm-hmm.
        Yeah.
        Okay.
        Right.
        Uh-huh.
        Oh, nice.
        Yes.
        Mm.
        Sure.
        Great.
        I see.
        Oh, okay.
        Lovely.
        Yeah, yeah.
        Got it.
        Sounds good.
        Oh wow.
        Perfect.
        Cool.
        Alright.
        Ah, right.
        That's nice.
        Yep.
        Oh, lovely.
        Okay, great.
        Very nice.
        Brilliant.
        Makes sense.
        Uh-huh, yeah.
        Oh, that's great.
        Of course.
        Mm, yum.
        Awesome.
        Ah, I see.
        Fair enough.
        Right, okay.
        Oh, good.
        How lovely.
        Sweet.
        Yes, yes.
        Ha, nice.
        Good to know.
        Wonderful.
        Oh, fantastic.
        My kids will love that.
        Gotcha.
        Ooh.
        Oh, I love that.
        Just like home.
        Okay, cool.
    """,
}

FRESH_INTERRUPTIONS = {
    "es": """
        Para.
        Espera.
        Perdona.
        Oye, una cosa.
        No, eso no.
        Un segundo.
        ¿Cuánto cuesta?
        Ya, ya, para.
        Una pregunta.
        ¿Y se puede llevar perro?
        Sí, pero ¿hay aparcamiento?
        Espera un momento, por favor.
        No, no, yo preguntaba por otra cosa.
        Vale, ¿y a qué hora se entra?
        Basta.
        ¿Hay wifi?
        Disculpe, no la he entendido.
        Quiero cambiar la fecha de mi reserva.
        ¿Puede hablar más despacio?
        Ajá, ¿y la cena?
        Somos cuatro personas.
        ¿Cómo?
        Más alto, por favor.
        Eso ya lo sé.
        Mejor dígame el precio.
        Mi mujer es celíaca.
        ¿Tienen cuna para un bebé?
        Perfecto, pues quiero reservar.
        Páseme con una persona.
        No hace falta, gracias.
    """,
    "en": """
        Stop.
        Wait.
        Hang on.
        Sorry, one question.
        No, not that.
        Hold on a second.
        How much is it?
        Excuse me.
        Can you repeat that?
        Do you have parking?
        Yeah, but is it far from the beach?
        Wait, what time did you say?
        No, I was asking about the pool.
        Okay, and can we bring our dog?
        Stop, please.
        Is there wifi?
        Sorry, I didn't catch that.
        I need to change my booking.
        Could you speak more slowly?
        Right, and what about dinner?
        There are four of us.
        What?
        Never mind.
        I know that already.
        Just tell me the price.
        My son is allergic to nuts.
        Do you have a cot for a baby?
        Great, I'd like to book it then.
        Let me talk to a person.
        That's enough, thanks.
    """,
}
