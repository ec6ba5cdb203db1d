"""What may go into a model: the data-handling policy, who reads as what, masking, and `prepare` for the gateway.

`policy` loads the firm's decisions from one file; `classify` finds what is confidential in a text; `mask` replaces it and puts
it back; `prepare` is the one question that the gateway asks before anything leaves. Presidio and its model are imported only
when a text is classified.
"""
