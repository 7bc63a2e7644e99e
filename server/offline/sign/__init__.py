"""`bangtin sign`: an approver's own computer reads what it signs again, hashes it, shows it, and signs with a key file.

The server is not believed: only bytes that were fetched and hashed here count. docs/trust.md says why one signer of
each real release has to work this way.
"""
