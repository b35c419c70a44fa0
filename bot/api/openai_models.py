"""What the OpenAI-compatible door takes and gives, as OpenAI's API reference has it.

Taken are the parts of a request that mean something here; whatever else chat clients send is
ignored. Given are the types of OpenAI's own library, with one field more: ``policybot``.
"""

from typing import Annotated, Literal

from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel, Field, StrictBool, StrictStr

from bot.types import Language, Status

# What tells the assistant how to be is not heard: its purpose is fixed.
INSTRUCTING = ("system", "developer")


class PartIn(BaseModel):
    """One part of a message; only parts of type ``text`` can be read."""

    type: StrictStr
    text: StrictStr | None = None


class MessageIn(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: StrictStr | list[PartIn] | None = None

    @property
    def text(self) -> str:
        """Return the message's text; parts that are none are left out."""
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content if part.type == "text")
        return self.content or ""

    @property
    def is_text(self) -> bool:
        """Return whether the message is made of text alone."""
        parts = self.content if isinstance(self.content, list) else []
        return all(part.type == "text" for part in parts)


class StreamOptionsIn(BaseModel):
    """How a stream is wanted."""

    include_usage: StrictBool | None = None


class CompletionIn(BaseModel):
    """A request for a chat completion; unknown parameters are ignored."""

    model: StrictStr
    messages: Annotated[list[MessageIn], Field(min_length=1)]
    stream: StrictBool | None = None
    stream_options: StreamOptionsIn | None = None
    n: Literal[1] | None = None


class AboutOut(BaseModel):
    """What OpenAI's format has no place for: the answer's status and language."""

    status: Status
    language: Language


class CompletionOut(ChatCompletion):
    """An answer as a chat completion."""

    policybot: AboutOut


class ChunkOut(ChatCompletionChunk):
    """A piece of a streamed answer; the first one says what ``policybot`` makes of it."""

    policybot: AboutOut | None = None


class ModelsOut(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[Model]


class ErrorDetailOut(BaseModel):
    """What went wrong; ``param`` names the part of the request at fault."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorOut(BaseModel):
    """An error in OpenAI's format."""

    error: ErrorDetailOut
