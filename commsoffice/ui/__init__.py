"""Base views, components, navigation and the gallery of all components."""
