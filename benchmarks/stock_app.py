"""The app tutorials show: a Gradio chat over an SDK chat, PIL pictures in and out. What the studio is measured beside.

Nothing here is slowed down on purpose: the SDK keeps the history, the handler shows it. Run by `turn_overhead`.
"""

import argparse
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import gradio as gr
from google import genai
from google.genai import types
from PIL import Image

Message = dict[str, Any]


def picture_of(response: types.GenerateContentResponse) -> Image.Image:
    """The answer's picture as a PIL image. ValueError when it has none."""
    for part in response.parts or ():
        if part.inline_data is not None and part.inline_data.data is not None:
            return Image.open(BytesIO(part.inline_data.data))
    raise ValueError("the answer has no picture")


def shown(history: list[tuple[str, Image.Image]]) -> list[Message]:
    """The chat's messages: each prompt, and its picture as an image component."""
    return [
        message
        for text, picture in history
        for message in (
            {"role": "user", "content": text},
            {"role": "assistant", "content": gr.Image(picture)},
        )
    ]


def build(client: genai.Client, *, model: str, image_size: str, aspect_ratio: str) -> gr.Blocks:
    """The page: a chat, a text box, a button."""
    config = types.GenerateContentConfig(
        response_modalities=["TEXT", "IMAGE"],
        image_config=types.ImageConfig(image_size=image_size, aspect_ratio=aspect_ratio),
    )

    def respond(text: str, chat: Any, history: list[tuple[str, Image.Image]]) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
        # As in Gradio's guide "Creating a chatbot with Blocks": what was asked is shown at once, then the answer.
        chat = chat or client.chats.create(model=model, config=config)
        yield "", chat, history, [*shown(history), {"role": "user", "content": text}]
        history = [*history, (text, picture_of(chat.send_message(text)))]
        yield "", chat, history, shown(history)

    blocks = gr.Blocks(title="Stock image chat")
    with blocks:
        chat, history = gr.State(None), gr.State([])
        chatbot = gr.Chatbot(elem_id="chat", height=600)
        prompt = gr.Textbox(elem_id="prompt", label="Prompt")
        send = gr.Button("Send", elem_id="send")
        send.click(respond, [prompt, chat, history], [prompt, chat, history, chatbot])
    return blocks


def main() -> None:
    """Serve on loopback; the SDK takes its key and address from the environment, as in the tutorials."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--image-size", required=True)
    parser.add_argument("--aspect-ratio", required=True)
    options = parser.parse_args()
    blocks = build(
        genai.Client(), model=options.model, image_size=options.image_size, aspect_ratio=options.aspect_ratio
    )
    blocks.launch(server_name="127.0.0.1", server_port=options.port, quiet=True)


if __name__ == "__main__":
    main()
