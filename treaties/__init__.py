"""The law: request types, channels and (as they grow) instruments, limits and channel advice."""
