#!/usr/bin/env python3
"""Follows a recording through its text: follow.py ws://127.0.0.1:8080/v1/align speech.wav text.txt en [TOKEN]

speech.wav: 16 kHz, mono, 16 bit. Needs the package websockets (Debian: python3-websockets).
"""
import asyncio
import json
import sys
import wave

import websockets


async def stream(socket, recording):
    with wave.open(recording) as audio:
        while block := audio.readframes(1600):  # 100 ms, as a microphone gives them
            await socket.send(block)
            await asyncio.sleep(0.1)
    await socket.send(json.dumps({"type": "finish"}))  # the server closes after 'done'


async def follow(url, recording, text, language, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with websockets.connect(url, extra_headers=headers, max_size=None) as socket:
        await socket.send(json.dumps({
            "type": "start", "language": language, "mode": "speech", "text": open(text, encoding="utf-8").read(),
            "encoding": "pcm_s16le", "sampleRate": 16000, "channels": 1}))
        sender = None
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "ready":
                sender = asyncio.create_task(stream(socket, recording))
            elif event["type"] == "word":
                print(event["start"], event["end"], event["text"], flush=True)
            elif event["type"] == "done":
                print(json.dumps(event["alignment"]))
            elif event["type"] == "error":
                sys.exit(f"{event['code']}: {event['message']}")
        if sender:
            await sender


if __name__ == "__main__":
    asyncio.run(follow(*sys.argv[1:]))
