"""The engines that run the models; nothing outside this package knows which one is at work."""
