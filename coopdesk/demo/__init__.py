"""The demo world of the embedded default: officers at three roads to 公安部国合局 and about 400 fictional cases.

world       the places, and where the demo may be loaded at all
accounts    officers, appointments and one API client
fiction     what a request says, from the phrase grammar of seeds/phrases.yaml
identities  numbers that belong to nobody but pass their check digits
hours       past moments in working hours
script      what is done to one case, by whom, with which words
plan        which cases there are and how each of them goes
player      doing it, by the real commands
loader      all of it, resumable
"""
