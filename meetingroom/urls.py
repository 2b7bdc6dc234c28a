app_name = "meetingroom"
urlpatterns = []
