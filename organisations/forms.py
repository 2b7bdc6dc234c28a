"""Shape and wording of what staff type; rights and rules lie in services."""

from django import forms


class LoginForm(forms.Form):
    username = forms.CharField(
        label="Användarnamn",
        max_length=60,
        error_messages={"required": "Skriv ditt användarnamn."},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Lösenord",
        max_length=200,
        strip=False,
        error_messages={"required": "Skriv ditt lösenord."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The signed-in user's password once more."""

    password = forms.CharField(
        label="Lösenord",
        max_length=200,
        strip=False,
        error_messages={"required": "Skriv ditt lösenord."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ActingForm(forms.Form):
    """Choose the assignment to act in; the choices are the user's own."""

    assignment = forms.TypedChoiceField(
        label="Var arbetar du nu?",
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj var du arbetar nu.", "invalid_choice": "Välj ett av dina egna uppdrag."},
    )

    def __init__(self, *args, assignments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignment"].choices = [
            (a.pk, f"{a.unit.name}, {a.unit.organisation.name} – {a.get_role_display()}") for a in assignments
        ]
