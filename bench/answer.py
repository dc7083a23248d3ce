"""A client of rules that ask that allows everything, for as long as it runs: answer.py SOCKET CLIENT. Says "connected" first."""
import http.client
import json
import socket
import sys


def connect():
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(sys.argv[1])
    return connection


questions, answers = connect(), connect()
questions.request("POST", f"/v1/questions?client={sys.argv[2]}&deadline=60000&sha256=false")
response = questions.getresponse()
if response.status != 200:
    sys.exit(response.read().decode())
for line in response:
    message = json.loads(line)
    if message["line"] == "welcome":
        print("connected", flush=True)
    elif message["line"] == "question":
        answer = {"question": message["id"], "token": message["token"], "verdict": "allow"}
        answers.request("POST", "/v1/answers", json.dumps(answer), {"content-type": "application/json"})
        receipt = answers.getresponse()
        if receipt.status != 200:
            sys.exit(receipt.read().decode())
        receipt.read()
