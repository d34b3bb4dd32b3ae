// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/storedtime.h"
#include "views/editing/valueeditors.h"

class QLabel;
class QToolButton;

namespace turnstone {

/// A time in the chosen zone, with what is stored, or will be, beside it. A click on the zone, or Ctrl+T, goes on to the other
/// one. The way the value is written in the database stays: see StoredTime.
class TimeEditor final : public QLineEdit, public ValueEditor
{
    Q_OBJECT

public:
    /// `form` is `now`, or how the column writes times where `now` is NULL.
    TimeEditor(const EditTarget &target, const Value &now, const StoredTime &form, QWidget *parent = nullptr);

    bool isTouched() const override { return m_isTouched; }
    Result<Value> value() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool event(QEvent *event) override;

private:
    QTimeZone zone() const;
    void setZone(ShownZone zone);
    void check();
    void place();

    const Value m_now;
    const StoredTime m_form;
    ShownZone m_zone;
    ValueCheck m_check;
    QToolButton *m_zoneButton;
    QLabel *m_stored;
    bool m_isTouched = false;
};

} // namespace turnstone
