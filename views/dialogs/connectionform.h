// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/connections/connectionfields.h"
#include "models/connections/connectionstore.h"

#include <QSet>
#include <QWidget>

#include <map>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace turnstone {

/// A connection while it is being edited: what gets saved, and the texts of the form with the password.
struct ConnectionDraft
{
    SavedConnection saved; ///< its URL is the one in the store; the form's is in `fields`
    ConnectionFields fields;

    /// As it would be saved now.
    SavedConnection toSaved() const;
    ConnectionOptions options() const;
    /// User, hosts and database.
    QString place() const;
    /// The name, else the place.
    QString title() const;
};

/// The fields of one PostgreSQL connection, and the URL that says the same in one line. Both are kept in step while typing; a
/// mistake is marked at its field with the reason. The URL never shows a password: one that is typed into it goes to the
/// field of the password. Knows no store and no server.
class ConnectionForm final : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectionForm(QWidget *parent = nullptr);

    const ConnectionDraft &draft() const { return m_draft; }
    void setDraft(const ConnectionDraft &draft);
    /// A password that came from the keyring; does not count as an edit.
    void setPassword(const QString &password);
    /// A sentence under the password; empty for none.
    void setPasswordNote(const QString &note);

    /// Whether one can connect. If not, all mistakes are shown and the first one's field gets the focus.
    bool check();

signals:
    void edited();

protected:
    void changeEvent(QEvent *event) override;

private:
    QLineEdit *addLine(const QString &name, const QString &label, const QString &accessibleName, int row, int column, int span);
    void addProblem(ConnectionField field, QWidget *editor, int row, int column, int span);
    QSpinBox *addNumber(QGridLayout *grid, const QString &name, const QString &label, const QString &accessibleName, int row, int column);
    void buildPassword(int row);
    void buildEncryption(int row);
    void buildMore(int row);
    void buildBehaviour();
    void chooseRootCertificate();

    void readUrl();
    void readFields();
    void fill();
    void fillUrl();
    void showProblems();
    void applyColors();

    ConnectionDraft m_draft;
    QString m_urlProblem;
    QSet<ConnectionField> m_touched; // only there a mistake is shown at once
    bool m_isFilling = false;

    QGridLayout *m_grid;
    QLineEdit *m_name;
    QLineEdit *m_url;
    QLineEdit *m_hosts;
    QLineEdit *m_port;
    QLineEdit *m_database;
    QLineEdit *m_user;
    QLineEdit *m_password;
    QToolButton *m_showPassword;
    QCheckBox *m_keepPassword;
    QLabel *m_passwordNote;
    QComboBox *m_sslMode;
    QLineEdit *m_rootCertificate;
    QCheckBox *m_readOnly;
    QToolButton *m_more;
    QWidget *m_moreFields;
    QComboBox *m_targetSession;
    QSpinBox *m_connectTimeout;
    QSpinBox *m_poolSize;
    QSpinBox *m_poolOverflow;
    QSpinBox *m_poolTimeout;
    QSpinBox *m_poolRecycle;
    struct Problem
    {
        QLineEdit *editor = nullptr;
        QLabel *label = nullptr;
        QAction *mark = nullptr;
    };
    std::map<ConnectionField, Problem> m_problems;
};

} // namespace turnstone
