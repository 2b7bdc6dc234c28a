app_name = "slots"
urlpatterns = []
