"""Single sign-on by OpenID Connect: the firm's own identity provider says who somebody is."""
