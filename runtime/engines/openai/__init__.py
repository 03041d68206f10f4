"""Requests in; answers of any server of OpenAI's API out: vLLM, llama.cpp, Ollama, SGLang's `/v1`, hosted ones."""
