"""What a kiosk fetches of signed documents: releases and the like by digest, and roots by version."""
