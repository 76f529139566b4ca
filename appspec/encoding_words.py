"""Words that tables and lists of machines say in many languages: short texts tell their encoding by them alone."""

from __future__ import annotations

JAPANESE = "時刻 時間 日時 日付 温度 湿度 振動 電流 電圧 圧力 速度 回転 流量 状態 故障 正常 異常 設備 機械 ポンプ センサ 番号 電力 位置 停止 運転 記録"
RUSSIAN = "время дата температур вибраци ток давлени скорост расход состояни отказ напряжени насос мощност влажност уровень обороты номер"

WESTERN = (
    "température débit fréquence durée été année arrêt état défaut échangeur mélangeur humidité énergie électrique détecté arrêté "
    "Drücke Druckluftmenge Störung Zähler Größe Gerät Maß Kühl läuft Lüfter Füllstand Höhe Länge Über Öl Gehäuse außen Rück für geöffnet "
    "Prüf Wärme Strömung Förder Fräs Tür Hündin Kätzchen "
    "presión tensión vibración máquina avería año señal válvula posición rotación "
    "pressão vazão máquina situação tensão vibração água nível posição rotação óleo "
    "velocità umidità qualità densità età mätning fläkt kylvätska läge värde flöde måling køling smøring spænding strøm måler tæller"
)

WORDS: dict[str, str] = {
    "cp949": "시간 시각 일시 날짜 온도 습도 진동 전류 전압 압력 속도 회전 유량 상태 고장 정상 이상 설비 기계 펌프 센서 번호 전력 위치 정지 운전 기록 고양이",
    "shift_jis": JAPANESE,
    "euc_jp": JAPANESE,
    "gb18030": "时间 日期 温度 湿度 振动 电流 电压 压力 速度 转速 流量 状态 故障 正常 异常 设备 机器 传感器 编号 功率 位置 停止 运行 记录",
    "big5": "時間 日期 溫度 濕度 振動 電流 電壓 壓力 速度 轉速 流量 狀態 故障 正常 異常 設備 機器 感測器 編號 功率 位置 停止 運轉 紀錄",
    "cp1251": RUSSIAN,
    "koi8_r": RUSSIAN,
    "cp1253": "χρόνος ώρα ημερομηνία θερμοκρασία πίεση ταχύτητα ρεύμα τάση δόνηση κατάσταση βλάβη ροή",
    "cp1254": "sıcaklık basınç hız akım titreşim arıza güç değer ölçüm açık kapalı",
    "cp1250": "čas průtok otáčky napětí tlak rychlost ciśnienie prędkość napięcie prąd przepływ hőmérséklet nyomás idő áram",
    "cp1255": "זמן תאריך טמפרטורה לחץ מהירות זרם מתח תקלה",
    "cp1256": "وقت تاريخ درجة حرارة ضغط سرعة تيار عطل",
    "tis_620": "เวลา วันที่ อุณหภูมิ ความดัน กระแส ความเร็ว สถานะ",
    "cp1252": WESTERN,
}
"""By encoding; words of ASCII alone would tell nothing."""


CASED_WORDS = tuple(
    word
    for key in ("cp1251", "cp1252", "cp1253", "cp1254", "cp1250", "cp1255")
    for word in WORDS[key].casefold().split()
    if not word.isascii()
)
"""Those in letters of one byte: several encodings hold them."""


def encoding_by_words(data: bytes) -> tuple[str, int] | None:
    """The encoding under which the text says most of its words' signs, and how many words; None where it says none under any."""
    data = data[: data.rfind(b"\n") + 1] or data
    best, found = 0, None
    for encoding, words in WORDS.items():
        try:
            text = data.decode(encoding).casefold()
        except UnicodeDecodeError:
            continue
        counts = [(word, min(text.count(word), 3)) for word in dict.fromkeys(words.casefold().split()) if not word.isascii()]
        said = sum(count * sum(not sign.isascii() for sign in word) for word, count in counts)
        if said > best:
            best, found = said, (encoding, sum(count > 0 for _, count in counts))
    return found


def words_said(text: str) -> int:
    """How many of CASED_WORDS a text says."""
    text = text.casefold()
    return sum(word in text for word in CASED_WORDS)
