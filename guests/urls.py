app_name = "guests"
urlpatterns = []
