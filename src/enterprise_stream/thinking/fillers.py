"""What she says while a tool works: short sentences that the voice library holds and that promise nothing."""

FILLERS = {
    "es": ("Un momento, lo miro.", "Sigo con ello, ya casi está.", "Gracias por esperar, aún estoy con ello."),
    "en": ("One moment, let me check.", "Still on it, nearly there.", "Thank you for waiting, I'm still on it."),
}
"""In the order in which they are said, as one and the same wait goes on."""
