"""Single sign-on by SAML 2.0: Remit as a service provider. The provider's signed word says who somebody is."""
