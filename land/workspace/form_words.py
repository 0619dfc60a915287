"""The sentences of the workspace's forms: changes that are written, not drawn."""

from django.utils.translation import gettext as _


def form_words() -> dict[str, str]:
    """As `words`."""
    return _menu() | _holders() | _uses() | _papers()


def _menu() -> dict[str, str]:
    return {
        "otherChange": _("Other change"),
        "groupRights": _("Rights"),
        "groupRestrictions": _("Restrictions"),
        "groupCertificates": _("Certificates"),
        "groupLand": _("Land and register"),
        "close": _("Close"),
        "undoChange": _("Undo this change"),
        "hintUndo": _("Every parcel, right and certificate gets back what it had before that change. Later changes must be undone first."),
        "hintRecover": _("The holders' rights end and their certificates are revoked."),
        "hintCorrect": _("A correction says that the register was wrong from the beginning; it is no new state."),
        "effectiveHint": _("Left empty: the day of drafting. Never later than today."),
        "asked": _("What is asked"),
        "contract": _("Number and date of the contract"),
        "decision": _("Number and date of the decision or complaint"),
        "kindOfRestriction": _("Kind of restriction"),
        "serial": _("Serial number"),
        "registerNo": _("Number in the register"),
        "restrictionToRelease": _("Restriction to be released"),
        "restrictionN": _("Restriction no. {n}"),
        "showRestrictions": _("Show the restrictions in force"),
        "noRestriction": _("No restriction is in force."),
    }


def _holders() -> dict[str, str]:
    return {
        "newHolders": _("New holders and their shares"),
        "holderN": _("Holder {n}"),
        "holderNeeds": _("Give at least three letters of the name or number, and the purpose."),
        "holdersNeeded": _("Find the new holders, or write them down."),
        "newHolder": _("A holder who is not recorded yet"),
        "kindOfHolder": _("Kind of holder"),
        "holdersName": _("Name of the holder"),
        "idNumber": _("Number of the identity paper"),
        "holdersAddress": _("Address of the holder"),
        "phone": _("Phone"),
        "writeDown": _("Write down"),
        "showNames": _("Show the names"),
        "numerator": _("Numerator of the share"),
        "denominator": _("Denominator of the share"),
        "sharesWhole": _("The shares make one whole."),
        "sharesNotWhole": _("The shares do not make one whole yet."),
        "equalShares": _("Equal shares"),
        "kindOfRight": _("Kind of right"),
        "creditor": _("Creditor"),
        "nobodyChosen": _("Nobody is chosen yet."),
    }


def _uses() -> dict[str, str]:
    return {
        "landUse": _("Land use"),
        "areaM2": _("Area (m²)"),
        "termOfUse": _("Term of use (empty: stable, long-term)"),
        "originOfUse": _("Origin of use"),
        "theRest": _("The rest"),
        "addUse": _("Another land use"),
        "usesAddUp": _("Together {area} m²: the whole parcel."),
        "usesLeft": _("Together {sum} m² of {area} m²: {left} m² are left."),
    }


def _papers() -> dict[str, str]:
    return {
        "papers": _("Papers"),
        "addPaper": _("Add a paper"),
        "kindOfPaper": _("Kind of paper"),
        "paperNumber": _("Number of the paper"),
        "issuedOn": _("Issued on"),
        "issuedBy": _("Issued by"),
        "scan": _("Scan"),
        "scanHint": _("PDF, at most 20 MB. Each reading of a scan is written down."),
    }
