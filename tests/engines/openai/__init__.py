"""The engine for servers of OpenAI's API."""
