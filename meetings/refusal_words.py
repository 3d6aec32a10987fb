"""Every refusal in human words: one table for the HTTP status and the sentence, translated like all others."""

from typing import Any

from flask_babel import gettext, lazy_gettext

from meetings.core import refusals as r

WORDS: dict[type[r.Refusal], tuple[int, Any]] = {
    r.NotPermitted: (403, lazy_gettext("Bạn không có quyền làm việc này.")),
    r.CompanionIsSilent: (
        403,
        lazy_gettext(
            "Máy phụ không dùng micro và loa, để hội trường không bị vọng tiếng. Hãy dùng máy chính của điểm cầu."
        ),
    ),
    r.NotYourSite: (403, lazy_gettext("Việc này thuộc điểm cầu khác.")),
    r.DoorsNotOpen: (409, lazy_gettext("Hội nghị chưa mở điểm cầu.")),
    r.DoorsAlreadyOpen: (409, lazy_gettext("Các điểm cầu đã được mở.")),
    r.AlreadyConvened: (409, lazy_gettext("Hội nghị đã khai mạc.")),
    r.NotConvened: (409, lazy_gettext("Hội nghị chưa khai mạc.")),
    r.ConferenceIsSuspended: (409, lazy_gettext("Hội nghị đang tạm dừng.")),
    r.NotSuspended: (409, lazy_gettext("Hội nghị không tạm dừng.")),
    r.ConferenceIsAdjourned: (409, lazy_gettext("Hội nghị đã bế mạc.")),
    r.SetupIncomplete: (409, lazy_gettext("Hội nghị chưa có hội trường hoặc chưa có chương trình.")),
    r.UnknownSite: (404, lazy_gettext("Hội nghị không có điểm cầu này.")),
    r.NotAdmitted: (403, lazy_gettext("Điểm cầu này chưa được vào hội nghị.")),
    r.AlreadyAdmitted: (409, lazy_gettext("Điểm cầu đã được vào hội nghị.")),
    r.AlreadyRemoved: (409, lazy_gettext("Điểm cầu này đã bị đưa ra.")),
    r.CeilingReached: (409, lazy_gettext("Hội nghị đã đủ số điểm cầu; muốn thêm, hãy đưa một điểm cầu ra.")),
    r.HallStays: (409, lazy_gettext("Hội trường không thể bị đưa ra khỏi hội nghị.")),
    r.EntryIsLocked: (409, lazy_gettext("Hội nghị đã khóa cửa.")),
    r.EntryIsOpen: (409, lazy_gettext("Hội nghị chưa khóa cửa.")),
    r.UnknownDelegate: (404, lazy_gettext("Hội nghị không có đại biểu này.")),
    r.UnknownItem: (404, lazy_gettext("Chương trình không có mục này.")),
    r.UnknownRequest: (404, lazy_gettext("Không có lượt đăng ký này.")),
    r.UnknownAccount: (404, lazy_gettext("Không có thư ký này.")),
    r.NoItemOpen: (409, lazy_gettext("Chưa mở mục nào trong chương trình; hãy chọn mục muốn phát biểu.")),
    r.ItemNotOpen: (409, lazy_gettext("Lượt này thuộc một mục khác của chương trình.")),
    r.ItemAlreadyOpen: (409, lazy_gettext("Mục này đang được tiến hành.")),
    r.ItemIsOver: (409, lazy_gettext("Mục này đã kết thúc.")),
    r.SpeechRuns: (409, lazy_gettext("Đang có đại biểu phát biểu; hãy xác nhận kết thúc lượt này.")),
    r.DelegateIsAbsent: (409, lazy_gettext("Đại biểu này vắng mặt theo điểm danh.")),
    r.AlreadyWaiting: (409, lazy_gettext("Đại biểu này đã đăng ký và đang chờ.")),
    r.QueueIsClosed: (409, lazy_gettext("Đã đóng đăng ký phát biểu.")),
    r.QueueIsOpen: (409, lazy_gettext("Đăng ký phát biểu đang mở.")),
    r.QueueIsEmpty: (409, lazy_gettext("Chưa có ai đăng ký phát biểu.")),
    r.NobodyConnected: (409, lazy_gettext("Các điểm cầu đang chờ đều mất kết nối.")),
    r.NobodyInTurn: (
        409,
        lazy_gettext("Chế độ trình bày: người đang chờ không phải người trình bày mục này; hãy mời từng người."),
    ),
    r.SiteNotConnected: (409, lazy_gettext("Điểm cầu này chưa kết nối.")),
    r.NotWaiting: (409, lazy_gettext("Lượt này không còn chờ.")),
    r.AlreadyPrepared: (409, lazy_gettext("Điểm cầu này đã được báo chuẩn bị.")),
    r.NotPrepared: (409, lazy_gettext("Lượt này chưa được báo chuẩn bị.")),
    r.NotHolder: (409, lazy_gettext("Đại biểu này không còn phát biểu.")),
    r.AlreadyMuted: (409, lazy_gettext("Micro đã được ngắt.")),
    r.AlreadyPaused: (409, lazy_gettext("Lượt phát biểu này đang tạm dừng.")),
    r.PointOfOrderRuns: (409, lazy_gettext("Đang nghe một ý kiến về thủ tục; hãy chờ ý kiến này kết thúc.")),
    r.UnknownCategory: (422, lazy_gettext("Không có loại ý kiến về thủ tục này.")),
    r.PresentersOnly: (409, lazy_gettext("Mục này chỉ dành cho người trình bày.")),
    r.AllMicrophonesOpen: (409, lazy_gettext("Đã đủ số micro được mở cùng lúc; hãy chờ một micro tắt.")),
    r.DelegateNeeded: (422, lazy_gettext("Hãy chọn đại biểu sẽ phát biểu.")),
    r.AlreadyDeferred: (409, lazy_gettext("Lượt này đã được để sau cùng.")),
    r.NothingToUndo: (409, lazy_gettext("Việc này không còn hoàn tác được.")),
    r.QuotaIsOff: (409, lazy_gettext("Hội nghị không đặt tổng thời gian phát biểu cho từng điểm cầu.")),
    r.NotPaused: (409, lazy_gettext("Lượt phát biểu này không bị dừng.")),
    r.NobodySpeaks: (409, lazy_gettext("Không có đại biểu nào đang phát biểu.")),
    r.ChairAlreadySpeaks: (409, lazy_gettext("Chủ trì đang phát biểu.")),
    r.ChairDoesNotSpeak: (409, lazy_gettext("Chủ trì không phát biểu.")),
    r.OrderDoesNotMatch: (409, lazy_gettext("Danh sách vừa thay đổi; hãy xem lại thứ tự.")),
    r.MicrophoneIsTheChairs: (409, lazy_gettext("Micro do chủ trì bật khi mời phát biểu.")),
    r.TopicTooLong: (422, lazy_gettext("Nội dung phát biểu dài quá 250 ký tự.")),
    r.ReasonTooLong: (422, lazy_gettext("Lý do dài quá 250 ký tự.")),
    r.NoCardShown: (409, lazy_gettext("Màn hình hội trường không chiếu bảng nào.")),
    r.GalleryNotShown: (409, lazy_gettext("Màn hình hội trường không chiếu toàn cảnh.")),
    r.AlreadySharing: (409, lazy_gettext("Điểm cầu đang chia sẻ một hình khác; hãy ngừng chia sẻ trước.")),
    r.NotSharing: (409, lazy_gettext("Điểm cầu không còn chia sẻ hình nào.")),
    r.ShareNotShown: (409, lazy_gettext("Không có hình chia sẻ nào đang chiếu.")),
    r.ScreenWordsTooLong: (422, lazy_gettext("Lời trên màn hình dài quá 120 ký tự.")),
    r.OutOfRange: (422, lazy_gettext("Con số này nằm ngoài khoảng cho phép.")),
    r.FloorIsTaken: (409, lazy_gettext("Đang có đại biểu phát biểu; hãy điểm danh khi lượt này xong.")),
    r.RollCallRuns: (409, lazy_gettext("Đang điểm danh các điểm cầu.")),
    r.RollCallIsPaused: (409, lazy_gettext("Việc điểm danh đang tạm dừng.")),
    r.NoRollCall: (409, lazy_gettext("Chưa bắt đầu điểm danh các điểm cầu.")),
    r.NotQuorate: (409, lazy_gettext("Chưa đủ số đại biểu có mặt theo quy định; hãy xác nhận nếu vẫn khai mạc.")),
    r.TimesOutOfOrder: (
        422,
        lazy_gettext("Giờ đến, giờ về không hợp lý: giờ về phải sau giờ đến và không sau bây giờ."),
    ),
    r.NoActingChair: (409, lazy_gettext("Không có ai đang được ủy quyền điều hành.")),
    r.StorageFailed: (503, lazy_gettext("Máy chủ không ghi được xuống đĩa; việc vừa làm chưa được thực hiện.")),
    r.TryAgain: (503, lazy_gettext("Nhiều người cùng thao tác; hãy thử lại.")),
}


def in_words(refusal: r.Refusal) -> str:
    """The sentence for whoever was refused, in the language in force."""
    return str(WORDS[type(refusal)][1])


def status_of(refusal: r.Refusal) -> int:
    return int(WORDS[type(refusal)][0])


def malformed_in_words(path: str) -> str:
    return str(gettext("Yêu cầu không đúng mẫu: %(path)s.", path=path or "?"))
