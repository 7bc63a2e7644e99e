"""The four questions before something is sent to approval, and the steps that a yes adds."""
