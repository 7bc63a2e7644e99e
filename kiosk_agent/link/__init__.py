"""The way to the server: HTTPS and MQTT."""
