"""Second factors: passkeys, authenticator apps, recovery codes, codes for another device."""
