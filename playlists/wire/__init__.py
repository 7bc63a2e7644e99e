"""Every MQTT topic and payload, once, for both ends."""
