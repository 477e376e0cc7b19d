--cfg modparam("sl", "event_callback_lres_sent", "on_sent")
--cfg modparam("tm", "event_callback", "on_local")
--cfg modparam("rtimer", "timer", "name=ta;interval=10")
--cfg modparam("rtimer", "exec", "timer=ta;route=on_timer")
--cfg modparam("timer", "declare_timer", "tb=on_other,100")
--cfg kemi.reply_route_callback="on_reply"
function ksr_request_route() end
function on_sent() end
function on_timers() end
