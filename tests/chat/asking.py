def ask(chat, question):
    """Asks `question` on the open chat page as a person with a keyboard does."""
    chat.fill("#message", question)
    chat.press("#message", "Control+Enter")
