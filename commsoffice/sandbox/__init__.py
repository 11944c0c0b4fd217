"""Stand-ins for Facebook, YouTube and the mail server, on loopback only.

They keep state and speak the real protocols, so that the real client libraries can be used against them.
Nothing here imports the rest of the house, and nothing leaves this machine.
"""
