from django.urls import path

from plans import views, views_corrections, views_edit, views_emergency, views_endings, views_followups, views_language

app_name = "plans"
case = "arenden/<uuid:pk>/"
writing = f"{case}plan/skriv/"
urlpatterns = [
    path("sprakkoll/", views_language.language, name="language"),
    path("nodoppning/", views_emergency.break_glass, name="break_glass"),
    path("nodoppning/<uuid:pk>/", views_emergency.read, name="emergency"),
    path("nodoppning/<uuid:pk>/avsluta/", views_emergency.end, name="end_emergency"),
    path(f"{case}nodoppningar/", views_emergency.of_case, name="emergencies"),
    path(f"{case}plan/", views.plan, name="plan"),
    path(f"{case}plan/formote/<uuid:number>/", views_edit.carry_outcome, name="carry_outcome"),
    path(f"{case}plan/borja/", views_edit.start, name="start"),
    path(f"{case}plan/som-personen-ser-den/", views.preview, name="preview"),
    path(f"{case}plan/godkann/", views.approve, name="approve"),
    path(f"{case}plan/pdf/", views.pdf, name="pdf"),
    path(f"{case}plan/versioner/", views.version_list, name="versions"),
    path(f"{case}plan/versioner/<int:version>/", views.version, name="version"),
    path(f"{case}plan/versioner/<int:older>/jamfor/<int:newer>/", views.compare, name="compare"),
    path(f"{case}plan/versioner/<int:version>/pdf/", views.pdf, name="pdf"),
    path(f"{case}plan/versioner/<int:version>/plan.pdf", views.download, name="download"),
    path(f"{case}plan/versioner/<int:version>/lamna-ut/", views.hand_out, name="hand_out"),
    path(f"{case}plan/ratta/", views_corrections.correct, name="correct"),
    path(f"{case}plan/ratta/klar/", views_corrections.finish, name="finish_correction"),
    path(writing, views_edit.edit, name="edit"),
    path(f"{writing}mal/nytt/", views_edit.add_goal, name="add_goal"),
    path(f"{writing}mal/<int:goal>/", views_edit.goal, name="goal"),
    path(f"{writing}mal/<int:goal>/ta-bort/", views_edit.delete_goal, name="delete_goal"),
    path(f"{writing}mal/<int:goal>/flytta-<slug:way>/", views_edit.move_goal, name="move_goal"),
    path(f"{writing}mal/<int:goal>/insats/", views_edit.add_measure, name="add_measure"),
    path(f"{writing}insats/<int:measure>/", views_edit.measure, name="measure"),
    path(f"{writing}insats/<int:measure>/ta-bort/", views_edit.delete_measure, name="delete_measure"),
    path(f"{writing}insats/<int:measure>/flytta-<slug:way>/", views_edit.move_measure, name="move_measure"),
    path(f"{writing}<slug:name>/", views_edit.block, name="block"),
    path(f"{case}samtycke/aterkalla/", views_endings.withdraw, name="withdraw"),
    path(f"{case}lamna/", views_endings.leave, name="leave"),
    path(f"{case}aktorer/<int:party>/avsluta/", views_endings.end_party, name="end_party"),
    path(f"{case}avsluta/", views_endings.close, name="close"),
    path(f"{case}uppfoljning/", views_followups.follow_ups, name="follow_ups"),
    path(f"{case}uppfoljning/ny/", views_followups.follow_up, name="follow_up"),
    path(f"{case}uppfoljning/insats/<int:measure>/", views_followups.report, name="report"),
]
