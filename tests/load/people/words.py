"""What people search for and write."""

WORDS = (
    "токарная обработка",
    "фрезеровка алюминий",
    "лазерная резка",
    "вал 40Х шлифовка",
    "втулка бронза",
    "сварка рамы",
    "литьё чугун",
    "turning stainless steel",
    "gear cutting",
    "ISO 9001 milling",
)
LETTERS = (
    "Нужны валы ø45h6 из стали 40Х, токарка и шлифовка, {count} шт., обязательно ИСО 9001",
    "Просим рассчитать втулки ø60, {count} шт., из БрАЖ9-4, токарная обработка, по чертежу",
    "Плита 300×200×20 мм из Д16Т, фрезеровка, {count} шт., Ra 1,6",
    "We need {count} flanges of stainless steel, turned, tolerance IT7",
)
