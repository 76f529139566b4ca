package io.apkiln.shrunken;

import android.graphics.Bitmap;
import android.graphics.Canvas;
import android.graphics.Paint;

/** Draws everything but how long something took: no two runs take the same time. */
final class QuietCanvas extends Canvas {
    QuietCanvas(Bitmap bitmap) {
        super(bitmap);
    }

    /** {@code #} in place of milliseconds and of frames a second. */
    static String withoutTimes(String text) {
        return text.replaceAll("[0-9][0-9.,]*(?= ?(ms|fps|frames))", "#");
    }

    @Override
    public void drawText(String text, float x, float y, Paint paint) {
        super.drawText(withoutTimes(text), x, y, paint);
    }

    @Override
    public void drawText(String text, int start, int end, float x, float y, Paint paint) {
        super.drawText(withoutTimes(text.substring(start, end)), x, y, paint);
    }

    @Override
    public void drawText(CharSequence text, int start, int end, float x, float y, Paint paint) {
        super.drawText(withoutTimes(text.subSequence(start, end).toString()), x, y, paint);
    }
}
